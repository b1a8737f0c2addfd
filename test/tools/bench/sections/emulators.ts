import { beginAdvance, type Snapshot } from "../../../../functions/simulation/run.ts";
import { testCaseIds } from "../../../../functions/simulation/testcases/index.ts";
import { builtIn } from "../../../simulation/support.ts";
import { STEP_SECONDS } from "../advance.ts";
import type { Context } from "../context.ts";
import { simulate, startOf } from "../simulate.ts";
import { rounds } from "../stats.ts";
import type { Cell, Section } from "../table.ts";

const YEAR_SECONDS = 31_536_000;

/** The speed of the emulators alone: in this process, with samples every 30 s and KPIs. */
export async function emulators({ quick, say }: Context): Promise<Section> {
  const count = quick ? 2 : 5;
  const rows: Cell[][] = [];
  for (const id of testCaseIds) {
    say(id);
    const testcase = builtIn(id);
    const whole: number[] = [];
    const hourly: number[] = [];
    let samples = 0;
    for (let round = 0; round <= count; round++) {
      const start = await startOf(testcase);
      const startedAt = performance.now();
      const year = await simulate(testcase, beginAdvance(testcase, start, start.inputs, YEAR_SECONDS));
      const betweenAt = performance.now();
      let snapshot = start;
      // A tenth of a year in steps of an hour, each state through JSON as between two requests.
      for (let time = 0; time < YEAR_SECONDS / 10; time += STEP_SECONDS) {
        const step = await simulate(testcase, beginAdvance(testcase, snapshot, snapshot.inputs, STEP_SECONDS));
        snapshot = JSON.parse(JSON.stringify(step.snapshot)) as Snapshot;
      }
      if (round === 0) continue;
      samples = year.samples;
      whole.push(1000 / (betweenAt - startedAt));
      hourly.push(100 / (performance.now() - betweenAt));
    }
    rows.push([id, rounds(whole), rounds(hourly), samples]);
  }
  return {
    title: "Emulators",
    tables: [
      {
        title: "Simulated years per second, samples and KPIs included",
        rounds: count,
        head: ["test case", "in one step", "in steps of an hour", "samples of a year, each of all points"],
        rows,
      },
    ],
    notes: [],
    targets: [],
  };
}
