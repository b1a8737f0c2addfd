import type { Cloud } from "../../../../../infra/local/cloud/cloud.ts";
import type { Connection } from "../../../../../infra/local/redis/connection.ts";
import { INPUTS } from "../../advance.ts";
import { type Context, selectTests } from "../../context.ts";
import { overRounds, ratiosOfP50, type Summary, summarize } from "../../stats.ts";
import { atMost, type Cell, type Table, type Target } from "../../table.ts";
import { Copies, databaseOf } from "./copies.ts";
import { JOHN, selectAsJohn } from "./john.ts";

/** Open tests of the cloud for the comparison. */
const FEW = 10;

/**
 * The cost of an idle test, and its effect on others: one test is advanced beside more and more idle tests, in turns with
 * one beside a few.
 */
export async function openTests(context: Context, targets: Target[]): Promise<Table> {
  const { quick, say } = context;
  const [totals, count, turns] = quick ? [[10, 1000], 2, 4] : [[10, 100, 1000, 10_000, 100_000], 5, 6];
  // Two clouds with the same history, so that only the number of tests differs.
  const [few, many] = [await context.cloud({ accounts: [JOHN] }), await context.cloud({ accounts: [JOHN] })];
  const [beside = ""] = await selectTests(few.url, FEW);
  const [active = ""] = await selectTests(many.url, 1);
  const model = await selectAsJohn(many);
  const database = await databaseOf(context, many);
  const advance = async ({ url }: Cloud, id: string, calls: number) =>
    (await context.load.run({ urls: [`${url}/advance/${id}`], method: "POST", body: INPUTS, until: { calls } })).times;
  // Calls become faster for the first thousand.
  for (let i = 0; i < (quick ? 4 : 40); i++) {
    await advance(many, active, 50);
    await advance(few, beside, 50);
  }

  const copies = await Copies.of(database, model, "whole");
  const rows: Cell[][] = [];
  let [open, keys, bytes] = [2, 0, 0];
  for (const total of totals) {
    say(`${total} open tests`);
    const before = await sizeOf(database);
    await copies.make(total - open);
    const after = await sizeOf(database);
    open = total;
    keys += after.keys - before.keys;
    bytes += after.bytes - before.bytes;
    const found = { alone: [] as Summary[], crowded: [] as Summary[] };
    for (let round = 0; round < count; round++) {
      const times = { alone: [] as number[], crowded: [] as number[] };
      for (let turn = 0; turn < turns; turn++) {
        times.alone.push(...(await advance(few, beside, 10)));
        times.crowded.push(...(await advance(many, active, 10)));
      }
      found.alone.push(summarize(times.alone));
      found.crowded.push(summarize(times.crowded));
    }
    const ratio = ratiosOfP50(found.crowded, found.alone);
    const { p50, p95 } = overRounds(found.crowded);
    // All tests except the two that were selected are copies.
    rows.push([total, keys / (total - 2), bytes / (total - 2), p50, p95, ratio]);
    if (total >= 10_000) targets.push(atMost(`advance beside ${total} open tests / beside ${FEW}`, ratio, 1.1));
  }
  return {
    title: `Open tests, one of them advanced in turns with one beside ${FEW}; ${10 * turns} calls a round`,
    rounds: count,
    head: [
      "open tests",
      "keys per idle test",
      "bytes per idle test",
      "an advance beside them, p50 ms",
      "p95 ms",
      `p50 / p50 beside ${FEW}`,
    ],
    rows,
  };
}

async function sizeOf(database: Connection): Promise<{ readonly keys: number; readonly bytes: number }> {
  const [info, size] = await database.send([["INFO", "memory"], ["DBSIZE"]]);
  return { keys: Number(size), bytes: Number(/used_memory:(\d+)/.exec(String(info))?.[1]) };
}
