import { Recorder } from "../results/recorder.ts";
import { continueRun, finish, isDone, type Run, type Slice } from "../simulation/run.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Changes } from "../streams/commit.ts";
import type { Pace } from "../streams/pace.ts";
import type { Ports } from "./ports.ts";

/** Sampling intervals that are simulated before the lease and the time are looked at: some milliseconds' work. */
const SLICE_INTERVALS = 2880;

/** The emulator could not simulate what it was asked for, and would not the next time. */
export class SimulationFailed extends Error {
  override readonly name = "SimulationFailed";
}

/** A stretch simulated to its end, or suspended on the way for want of time. */
export type Simulated =
  | {
      readonly kind: "whole";
      readonly changes: Changes;
      /** Point values at the end, JSON. */
      readonly points: string;
      /** The test's time at the end, s. */
      readonly time: number;
    }
  | { readonly kind: "suspend"; readonly progress: Readonly<Record<string, string>> };

/**
 * Simulates a step or an initialization, goes on with it where an earlier invocation had to leave off, and records its
 * samples. Changes nothing by itself: what it comes to is in `changes`.
 *
 * @param stretch.begin makes the run; not called if one is under way
 * @param stretch.restart whether results begin anew, in a lineage of their own
 */
export async function simulate(
  ports: Pick<Ports, "redis" | "objects">,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  stretch: { readonly begin: () => Run; readonly restart: boolean },
): Promise<Simulated> {
  const { claim, test, progress } = work;
  // Named after what made it, so that a second computation of the same step writes the same objects.
  const lineage = stretch.restart ? `${claim.testid}.${claim.revision + 1}` : (test.lineage ?? "-");
  const before = {
    testid: claim.testid,
    revision: claim.revision,
    lineage,
    tailBytes: stretch.restart ? 0 : Number(test.tail ?? 0),
  };
  const recorder = new Recorder(ports.redis, ports.objects, before, progress);
  let run = progress?.run === undefined ? stretch.begin() : (JSON.parse(progress.run) as Run);
  let points = progress?.points ?? "null";

  while (!isDone(run)) {
    const slice = await continueOrFail(testcase, run);
    run = slice.run;
    points = JSON.stringify(slice.points);
    await recorder.add(slice.samples);
    const timeIsUp = await pace.breathe();
    if (timeIsUp && !isDone(run)) {
      return { kind: "suspend", progress: { ...(await recorder.save()), run: JSON.stringify(run), points } };
    }
  }

  const recorded = await recorder.close();
  const snapshot = finish(testcase, run);
  return {
    kind: "whole",
    points,
    time: snapshot.time,
    changes: {
      fields: {
        state: JSON.stringify(snapshot),
        points,
        lineage,
        tail: String(recorded.tailBytes),
        segmented: segmentedAfter(recorded.segments.length > 0, stretch.restart, test.segmented),
      },
      results: stretch.restart ? "restart" : recorded.mode,
      chunk: recorded.chunk,
      segments: recorded.segments,
      lineage,
    },
  };
}

async function continueOrFail(testcase: TestCase, run: Run): Promise<Slice> {
  try {
    return await continueRun(testcase, run, SLICE_INTERVALS);
  } catch (error) {
    throw new SimulationFailed(`The simulation of ${testcase.id} failed`, { cause: error });
  }
}

function segmentedAfter(hasNew: boolean, restart: boolean, before: string | undefined): string {
  if (hasNew) return "1";
  return restart ? "0" : (before ?? "0");
}
