import {
  beginInitialize,
  continueRun,
  finish,
  isDone,
  type Run,
  type Snapshot,
} from "../../../functions/simulation/run.ts";
import { sampleCount } from "../../../functions/simulation/samples.ts";
import type { TestCase } from "../../../functions/simulation/testcase.ts";

/** Samples per slice, as a worker cuts a run to check its lease in between. */
const SLICE = 2880;

/** The snapshot of a new test. */
export async function startOf(testcase: TestCase): Promise<Snapshot> {
  const begun = beginInitialize(testcase, { startTime: 0, warmupPeriod: 0, endTime: null });
  return (await simulate(testcase, begun)).snapshot;
}

/** Simulates a run to its end in this process, without any service. */
export async function simulate(testcase: TestCase, begun: Run): Promise<{ snapshot: Snapshot; samples: number }> {
  let [run, samples] = [begun, 0];
  while (!isDone(run)) {
    const slice = await continueRun(testcase, run, SLICE);
    run = slice.run;
    samples += sampleCount(slice.samples);
  }
  return { snapshot: finish(testcase, run), samples };
}
