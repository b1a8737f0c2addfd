import { Recorder } from "../../results/recorder.ts";
import { statesIn } from "../../results/state.ts";
import { continueRun, finish, isDone, type Run } from "../../simulation/run.ts";
import { sampleCount } from "../../simulation/samples.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Claimed } from "../../streams/claim.ts";
import type { Changes } from "../../streams/commit.ts";
import type { Pace } from "../../streams/pace.ts";
import type { LeftOff, Unavailable } from "../outcome.ts";
import type { Ports } from "../ports.ts";
import { changeLineages } from "../record/checkpoint-list.ts";
import { enterWarmup, type Making } from "./shared-warmup.ts";
import { SLICE_INTERVALS, Slices } from "./slices.ts";
import { loadRun, storeRun, storeSnapshot } from "./stored-states.ts";
import type { Warmup } from "./warmup-object.ts";

/** A stretch simulated to its end, or left off on the way. */
export type Simulated =
  | {
      readonly kind: "whole";
      readonly changes: Changes;
      /** Point values at the end, JSON. */
      readonly points: string;
      /** The test's time at the end, s. */
      readonly time: number;
    }
  | LeftOff;

/**
 * Simulates a step or an initialization, goes on with it where an earlier invocation had to leave off, and records its
 * samples. Changes nothing by itself: what it comes to is in `changes`.
 *
 * @param stretch.begin makes the run; not called if one is under way
 * @param stretch.restart whether results begin anew, in a lineage of their own
 */
export async function simulate(
  ports: Pick<Ports, "redis" | "objects" | "cache">,
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
  const states = statesIn(ports.objects, lineage);
  const run = progress?.run === undefined ? stretch.begin() : await loadRun(states, JSON.parse(progress.run) as Run);
  const entered = await enterWarmup(ports, testcase, run, pace, progress);
  if (entered.kind === "suspend") return { ...entered, progress: {} };
  const ended =
    entered.kind === "found"
      ? await record(recorder, entered.warmup)
      : await simulateOn({ run, progress }, testcase, pace, recorder, entered.making);
  if (ended.kind === "suspend") {
    const { run: reached, saved, unavailable } = ended;
    if (reached === undefined) return { kind: "suspend", progress: saved, unavailable };
    const progress = { ...saved, run: JSON.stringify(await storeRun(states, reached)) };
    return { kind: "suspend", progress, unavailable };
  }

  // Its own copy of the samples and the one for all go up together.
  const { points } = ended;
  const end = finish(testcase, ended.run);
  const [recorded, snapshot] = await Promise.all([recorder.close(), storeSnapshot(states, end), ended.share()]);
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
      },
      results: stretch.restart ? "restart" : recorded.mode,
      chunks: recorded.chunks,
      segments: recorded.segments,
      ...changeLineages(test, { lineage }),
    },
  };
}

/** A run at its end; `share` lets all tests know of it, if it was simulated for all. */
interface Ended {
  readonly kind: "whole";
  readonly run: Run;
  readonly points: string;
  readonly share: () => Promise<void>;
}

/** A run that is to be gone on with; `saved` is what else of it the progress needs. */
interface Suspended {
  readonly kind: "suspend";
  /** Undefined where nothing of it is simulated: it is begun again, or found then. */
  readonly run: Run | undefined;
  readonly saved: Readonly<Record<string, string>>;
  readonly unavailable: Unavailable | undefined;
}

/** Simulates a run slice by slice, from where it stands to its end or as far as the time reaches. */
async function simulateOn(
  from: { readonly run: Run; readonly progress: Claimed["progress"] },
  testcase: TestCase,
  pace: Pace,
  recorder: Recorder,
  making: Making | undefined,
): Promise<Ended | Suspended> {
  let { run } = from;
  let points = from.progress?.points ?? "null";
  const slices = new Slices(testcase, from.progress?.slice);
  try {
    while (!isDone(run)) {
      const left = run.emulator === null ? undefined : run.grid.intervals - run.next;
      const slice = await slices.take(left, (most) => continueRun(testcase, run, most));
      if (slice !== undefined) {
        run = slice.run;
        points = JSON.stringify(slice.points);
        making?.add(slice.samples);
        await recorder.add(slice.samples);
      }
      const timeIsUp = await pace.breathe();
      const { unavailable } = slices;
      if (unavailable !== undefined && run.emulator === null) {
        // Whoever else could begin it need not wait for this one.
        await making?.abandon();
        return { kind: "suspend", run: undefined, saved: { slice: slices.save() }, unavailable };
      }
      if ((timeIsUp || unavailable !== undefined) && !isDone(run)) {
        const saved = { ...(await recorder.save()), ...making?.suspend(), points, slice: slices.save() };
        return { kind: "suspend", run, saved, unavailable };
      }
    }
  } catch (error) {
    await making?.abandon();
    throw error;
  }
  return { kind: "whole", run, points, share: async () => await making?.share(run, points) };
}

/** Records a warm-up that was found, in the same slices as if it were simulated: the same results, bit for bit. */
async function record(recorder: Recorder, { run, points, samples }: Warmup): Promise<Ended> {
  for (let from = 0; from < sampleCount(samples); ) {
    // The first slice has the initial condition besides.
    const to = from === 0 ? 1 + SLICE_INTERVALS : from + SLICE_INTERVALS;
    await recorder.add({ names: samples.names, columns: samples.columns.map((values) => values.subarray(from, to)) });
    from = to;
  }
  return { kind: "whole", run, points, share: async () => {} };
}
