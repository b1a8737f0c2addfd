import { modelProcesses } from "../../../../emulator/support/processes.ts";
import { advanceFrom, ask, type EmulatorFixture, hour, initializeAt } from "../../../../emulator/support/service.ts";
import type { Context } from "../../context.ts";
import { atMost, type Cell, type Section, type Target } from "../../table.ts";
import { usageOf } from "../../usage.ts";
import type { BareLoop } from "./bare.ts";
import type { Killed } from "./died.ts";

/** What the process of a live model may take beyond the model's own need, MB. */
const MOST_MB = 8;
const HOURS = 24;
const MB = 2 ** 20;

/** The memory of a live model after a day, beside the same model in a bare C loop. */
export async function memoryOfModels(
  { say }: Context,
  fixture: EmulatorFixture,
  models: readonly (Killed & { readonly bare: BareLoop })[],
): Promise<Omit<Section, "title">> {
  const rows: Cell[][] = [];
  const targets: Target[] = [];
  for (const { title, served, bare } of models) {
    say(`${title}: memory`);
    const instance = fixture.instance({ processes: 1 });
    let { state } = await ask(instance, initializeAt(served, 0));
    for (let i = 0; i < HOURS; i++) ({ state } = await ask(instance, advanceFrom(served, state, hour(i))));
    await bare.steps(HOURS);
    const [live, own] = [modelProcesses().map(Number), [bare.pid]].map((pids) => usageOf(pids).bytes / MB);
    await instance.close();
    const more = (live ?? Number.NaN) - (own ?? Number.NaN);
    rows.push([title, served.model.keeps, own ?? Number.NaN, live ?? Number.NaN, more]);
    targets.push(atMost(`${title}: memory of a live model over its own need, MB`, more, MOST_MB));
  }
  return {
    tables: [
      {
        title: `Memory of a live model after ${HOURS} steps of an hour, MB`,
        head: ["model", "kept as", "bare C loop", "live", "more"],
        rows,
      },
    ],
    notes: ["Memory is the proportional set size of the model's process: what processes share counts once."],
    targets,
  };
}
