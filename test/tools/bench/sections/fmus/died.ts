import { setTimeout as sleep } from "node:timers/promises";
import type { EmulatorService } from "../../../../../functions/emulator/emulator.ts";
import { modelProcesses } from "../../../../emulator/support/processes.ts";
import {
  advanceFrom,
  ask,
  type EmulatorFixture,
  hour,
  initializeAt,
  type Served,
} from "../../../../emulator/support/service.ts";
import type { Context } from "../../context.ts";
import { ratios, rounds } from "../../stats.ts";
import { atMost, type Cell, type Section, type Target } from "../../table.ts";

/** Hours at which the process of the model dies; of a model of which nothing is promised for a late one, soon after. */
const [EARLY, LATE, SOON] = [10, 500, 12];
/** What a step after the later death may take, in those after the earlier one. */
const MOST_OF_EARLY = 1.1;
/** What a fresh process may add to a step, ms. */
const MOST_FRESH_MS = 30;

/** A model whose process is killed. */
export interface Killed {
  readonly title: string;
  readonly served: Served;
  /** Whether its state is the one of which the time until the first step is promised. */
  readonly isLargeImage?: boolean;
}

/** A step of an hour in a fresh process, after the old one died: early and late in a test, and beside the same step where it lives. */
export async function died(
  { quick, say }: Context,
  fixture: EmulatorFixture,
  models: readonly Killed[],
): Promise<Omit<Section, "title">> {
  const count = quick ? 21 : 61;
  const rows: Cell[][] = [];
  const targets: Target[] = [];
  for (const { title, served, isLargeImage = false } of models) {
    say(`${title}: a step after its process died`);
    // One process, so that the pool has no other to put to a state.
    const instance = fixture.instance({ processes: 1 });
    const last = isLargeImage ? SOON : LATE;
    const states = await statesAt(instance, served, [EARLY, last]);
    const times = { warm: [] as number[], early: [] as number[], late: [] as number[] };
    for (let round = 0; round <= count; round++) {
      // In turns: what goes first may find the machine as the round before has left it.
      for (const hour of round % 2 === 0 ? [EARLY, last] : [last, EARLY]) {
        const dead = await afterDeath(instance, served, states[hour] ?? "", hour);
        if (round > 0) (hour === EARLY ? times.early : times.late).push(dead.ms);
        if (hour === EARLY) continue;
        const warm = await stepFrom(instance, served, dead.state, last + 1);
        if (round > 0) times.warm.push(warm.ms);
      }
    }
    const added = rounds(times.late.map((ms, i) => ms - (times.warm[i] ?? Number.NaN)));
    const ofEarly = ratios(times.late, times.early);
    const stateBytes = Buffer.from(states[last] ?? "", "base64").length;
    const columns = [times.warm, times.early, times.late].map((each) => rounds(each));
    rows.push([title, served.model.keeps, stateBytes, ...columns, isLargeImage ? "" : ofEarly, added]);
    if (served.model.keeps === "image" && !isLargeImage)
      targets.push(
        atMost(`${title}: a step after its process died, hour ${LATE} / hour ${EARLY}`, ofEarly, MOST_OF_EARLY),
      );
    if (isLargeImage)
      targets.push(atMost("fresh process until the first step, image of 5 MB restored, ms", added, MOST_FRESH_MS));
    await instance.close();
  }
  return {
    tables: [
      {
        title: "A step of an hour after the model's process died, ms",
        rounds: count,
        head: [
          "model",
          "kept as",
          "state, bytes",
          "still alive",
          `died at hour ${EARLY}`,
          `at hour ${LATE} (large-image: ${SOON})`,
          `${LATE} / ${EARLY}`,
          "fresh − alive",
        ],
        rows,
      },
    ],
    notes: [
      "fresh − alive: what a fresh process adds: it is started, loads and initializes its model and is put to the state. The package is there already, as in an instance of the function that has run it before.",
    ],
    targets,
  };
}

/** The states with which these hours begin, by hour. */
async function statesAt(
  instance: EmulatorService,
  served: Served,
  hours: readonly number[],
): Promise<Record<number, string>> {
  let { state } = await ask(instance, initializeAt(served, 0));
  const states: Record<number, string> = {};
  for (let i = 0; i <= Math.max(...hours); i++) {
    if (hours.includes(i)) states[i] = state;
    ({ state } = await ask(instance, advanceFrom(served, state, hour(i))));
  }
  return states;
}

async function afterDeath(instance: EmulatorService, served: Served, state: string, index: number) {
  for (const pid of modelProcesses()) process.kill(Number(pid), "SIGKILL");
  while (modelProcesses().length > 0) await sleep(1);
  // The instance has to hear of it, too.
  await sleep(20);
  return await stepFrom(instance, served, state, index);
}

async function stepFrom(instance: EmulatorService, served: Served, state: string, index: number) {
  const startedAt = performance.now();
  const reply = await ask(instance, advanceFrom(served, state, hour(index)));
  return { state: reply.state, ms: performance.now() - startedAt };
}
