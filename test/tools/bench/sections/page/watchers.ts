import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { INPUTS } from "../../advance.ts";
import { type Context, selectTests } from "../../context.ts";
import { ask } from "../../load/ask.ts";
import { median, ratios, rounds } from "../../stats.ts";
import { atLeast, type Table, type Target } from "../../table.ts";
import type { WatchOrder } from "./watching.ts";

const PROGRAM = fileURLToPath(new URL("watching.ts", import.meta.url));
const WATCHERS = 20;

/** A test advanced as fast as it goes, in turns with watchers and without. */
export async function watchers(context: Context, targets: Target[]): Promise<Table> {
  const [ms, count] = context.quick ? [8000, 3] : [30_000, 7];
  const cloud = await context.cloud();
  const child = fork(PROGRAM, [], { stdio: "inherit" });
  context.defer(() => {
    child.disconnect();
  });
  const drive = async (testid: string) => {
    const order = { urls: [`${cloud.url}/advance/${testid}`], method: "POST", body: INPUTS } as const;
    const { times, tookMs } = await context.load.run({ ...order, until: { ms } });
    return times.length / (tookMs / 1000);
  };
  const order = async (kind: WatchOrder["kind"], testid: string) =>
    await ask<number>(child, { kind, url: cloud.url, testid, count: WATCHERS } satisfies WatchOrder);

  const found = { without: [] as number[], beside: [] as number[], asked: [] as number[] };
  for (let round = -1; round < count; round++) {
    context.say(round < 0 ? "warming up" : `round ${round + 1} of ${count}`);
    // A test each: reading of one that has come further would take longer.
    const [alone = "", seen = ""] = await selectTests(cloud.url, 2);
    const without = async () => found.without.push(await drive(alone));
    const beside = async () => {
      await order("watch", seen);
      found.beside.push(await drive(seen));
      found.asked.push((await order("stop", seen)) / (ms / 1000));
    };
    // What comes first has another share of whatever slows down or warms up.
    for (const half of round % 2 === 0 ? [without, beside] : [beside, without]) await half();
    if (round < 0) for (const list of Object.values(found)) list.length = 0;
  }
  const ratio = ratios(found.beside, found.without);
  targets.push(atLeast(`advances/s of a test with ${WATCHERS} watchers / without`, ratio, 0.95));
  return {
    title: `A test each, steps of an hour one after the other, for ${ms / 1000} s in turns`,
    rounds: count,
    head: ["watchers", "advances/s", "requests of watchers/s", "with / without"],
    rows: [
      [0, rounds(found.without), "", ""],
      [WATCHERS, rounds(found.beside), median(found.asked), ratio],
    ],
  };
}
