import {
  beginAdvance,
  beginInitialize,
  continueRun,
  finish,
  isDone,
  type Run,
  type Snapshot,
} from "../../../functions/simulation/run.ts";
import { sampleCount } from "../../../functions/simulation/samples.ts";
import type { TestCase } from "../../../functions/simulation/testcase.ts";
import { findTestCase, testCaseIds } from "../../../functions/simulation/testcases/index.ts";
import type { Context } from "../context.ts";
import { rounds } from "../stats.ts";
import { type Section, spread } from "../table.ts";

const YEAR_SECONDS = 31_536_000;
const HOUR_SECONDS = 3600;
/** As a worker cuts them, to look at its lease in between. */
const SLICE = 2880;

/** How fast the emulators are by themselves: in this process, with samples every 30 s and KPIs, and nothing else. */
export async function emulators({ quick, say }: Context): Promise<Section> {
  const rows: (string | number)[][] = [];
  for (const id of testCaseIds) {
    const testcase = findTestCase(id);
    if (testcase === undefined) continue;
    say(id);
    const whole: number[] = [];
    const hourly: number[] = [];
    let samples = 0;
    for (let round = 0; round <= (quick ? 2 : 5); round++) {
      const start = await simulate(
        testcase,
        beginInitialize(testcase, { startTime: 0, warmupPeriod: 0, endTime: null }),
      );
      const startedAt = performance.now();
      const year = await simulate(
        testcase,
        beginAdvance(testcase, start.snapshot, start.snapshot.inputs, YEAR_SECONDS),
      );
      const betweenAt = performance.now();
      let { snapshot } = start;
      // A tenth of a year in steps of an hour, each state through JSON as it is between two requests.
      for (let time = 0; time < YEAR_SECONDS / 10; time += HOUR_SECONDS) {
        const step = await simulate(testcase, beginAdvance(testcase, snapshot, snapshot.inputs, HOUR_SECONDS));
        snapshot = JSON.parse(JSON.stringify(step.snapshot)) as Snapshot;
      }
      if (round === 0) continue;
      samples = year.samples;
      whole.push(1000 / (betweenAt - startedAt));
      hourly.push(100 / (performance.now() - betweenAt));
    }
    rows.push([id, spread(rounds(whole)), spread(rounds(hourly)), samples]);
  }
  return {
    title: "Emulators",
    tables: [
      {
        title: "Simulated years per second, samples and KPIs included",
        head: ["test case", "in one step", "in steps of an hour", "samples of a year, each of all points"],
        rows,
      },
    ],
    notes: [],
    targets: [],
  };
}

async function simulate(testcase: TestCase, begun: Run): Promise<{ snapshot: Snapshot; samples: number }> {
  let [run, samples] = [begun, 0];
  while (!isDone(run)) {
    const slice = await continueRun(testcase, run, SLICE);
    run = slice.run;
    samples += sampleCount(slice.samples);
  }
  return { snapshot: finish(testcase, run), samples };
}
