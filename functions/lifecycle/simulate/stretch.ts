import { type Recorded, Recorder } from "../../results/recorder.ts";
import { type States, statesIn } from "../../results/state.ts";
import { continueRun, finish, isDone, type Run, type Slice, type Snapshot } from "../../simulation/run.ts";
import { sampleCount } from "../../simulation/samples.ts";
import type { Changes } from "../../streams/commit.ts";
import type { Context } from "../context.ts";
import type { Suspended } from "../outcome.ts";
import { changeLineages } from "../record/checkpoint-list.ts";
import { decode, encode } from "../record/record.ts";
import { enterWarmup, type Making } from "./shared-warmup.ts";
import { SLICE_INTERVALS, simulateInSlices } from "./slices.ts";
import { loadRun, storeRun, storeSnapshot } from "./stored-states.ts";
import type { Warmup } from "./warmup-object.ts";

/** A stretch simulated to its end, or suspended. */
export type Simulated =
  | {
      readonly kind: "whole";
      readonly changes: Changes;
      /** Values of all points at the end, JSON. */
      readonly points: string;
      /** The test's time at the end, s. */
      readonly time: number;
    }
  | Suspended;

/**
 * Simulates a step or an initialization, and records its samples. Continues where an earlier invocation was suspended.
 * Returns the changes; the commit makes them.
 *
 * @param stretch.begin makes the run; not called if one is in progress
 * @param stretch.restart whether the results begin anew, in a new lineage
 */
export async function simulate(
  context: Context,
  stretch: { readonly begin: () => Run; readonly restart: boolean },
): Promise<Simulated> {
  const { claim, test, progress, testcase } = context;
  // Named after the test and its next revision: the same step, computed again, writes the same objects.
  const lineage = stretch.restart ? `${claim.testid}.${claim.revision + 1}` : decode(test, "lineage");
  const recorder = openRecorder(context, lineage, stretch.restart ? 0 : decode(test, "tail"));
  const states = statesIn(context.objects, lineage);
  const run = progress?.run === undefined ? stretch.begin() : await loadRun(states, JSON.parse(progress.run) as Run);
  const entered = await enterWarmup(context, run);
  if (entered.kind === "suspend") return { ...entered, progress: {} };
  const ended =
    entered.kind === "found"
      ? await record(recorder, entered.warmup)
      : await simulateRun(context, { run, recorder, states, making: entered.making });
  if (ended.kind === "suspend") return ended;

  const end = finish(testcase, ended.run);
  // The test's own samples and the shared warm-up are written at the same time.
  const [recorded, snapshot] = await Promise.all([recorder.close(), storeSnapshot(states, end), ended.share()]);
  const { fields, ...results } = changesOf(snapshot, ended.points, recorded);
  const changes: Changes = {
    ...results,
    fields: { ...fields, lineage },
    ...(stretch.restart ? { results: "restart" } : {}),
    ...changeLineages(test, { lineage }),
  };
  return { kind: "whole", points: ended.points, time: snapshot.time, changes };
}

/** Records samples after those of the test, or after none where `tailBytes` is 0 and the lineage new. */
export function openRecorder(
  { claim, redis, objects, progress }: Context,
  lineage: string,
  tailBytes: number,
): Recorder {
  const { testid, revision } = claim;
  return new Recorder(redis, objects, { testid, revision, lineage, tailBytes }, progress);
}

/** The changes to a test that was simulated up to a snapshot. */
export function changesOf(snapshot: Snapshot, points: string, recorded: Recorded): Changes {
  const { mode, chunks, segments, tailBytes } = recorded;
  const fields = encode({ state: snapshot, points, time: snapshot.time, tail: tailBytes });
  return { fields, results: mode, chunks, segments };
}

/** A run at its end. `share` puts it into the cache if it was simulated for all tests. */
interface Ended {
  readonly kind: "whole";
  readonly run: Run;
  readonly points: string;
  readonly share: () => Promise<void>;
}

/** Simulates a run to its end, or until it must be suspended. */
async function simulateRun(
  context: Context,
  from: {
    readonly run: Run;
    readonly recorder: Recorder;
    readonly states: States;
    readonly making: Making | undefined;
  },
): Promise<Ended | Suspended> {
  const { testcase, progress } = context;
  const { recorder, states, making } = from;
  let { run } = from;
  let points = progress?.points ?? "null";
  try {
    const suspended = await simulateInSlices<Slice>(context, {
      isDone: () => isDone(run),
      intervalsLeft: () => (run.emulator === null ? undefined : run.grid.intervals - run.next),
      simulate: (most) => continueRun(testcase, run, most),
      accept: async (slice) => {
        run = slice.run;
        points = JSON.stringify(slice.points);
        making?.add(slice.samples);
        await recorder.add(slice.samples);
      },
      save: async (isUnavailable) => {
        if (isUnavailable && run.emulator === null) {
          // Nothing is simulated yet: another test that needs this warm-up need not wait.
          await making?.abandon();
          return {};
        }
        const saved = { ...(await recorder.save()), run: JSON.stringify(await storeRun(states, run)), points };
        return { ...saved, ...making?.suspend() };
      },
    });
    return suspended ?? { kind: "whole", run, points, share: async () => await making?.share(run, points) };
  } catch (error) {
    await making?.abandon();
    throw error;
  }
}

/** Records a warm-up from the cache, in the same slices as if it were simulated: the results are equal, bit for bit. */
async function record(recorder: Recorder, { run, points, samples }: Warmup): Promise<Ended> {
  for (let from = 0; from < sampleCount(samples); ) {
    // The first slice has the initial condition in addition.
    const to = from === 0 ? 1 + SLICE_INTERVALS : from + SLICE_INTERVALS;
    await recorder.add({ names: samples.names, columns: samples.columns.map((values) => values.subarray(from, to)) });
    from = to;
  }
  return { kind: "whole", run, points, share: async () => {} };
}
