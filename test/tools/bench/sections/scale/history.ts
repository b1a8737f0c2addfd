import type { Cloud } from "../../../../../infra/local/cloud/cloud.ts";
import { costOf } from "../../../../support/cost.ts";
import { INPUTS } from "../../advance.ts";
import { type Context, selectTests } from "../../context.ts";
import { overRounds, type Rounds, ratiosOfP50, rounds, type Summary, summarize } from "../../stats.ts";
import { atMost, type Table, type Target } from "../../table.ts";

/** Advances in each comparison with another test. */
const CALLS = 100;

/** One test that was advanced thousands of times and new ones, in turns, so that both share the machine's other load. */
export async function history(context: Context, targets: Target[]): Promise<Table> {
  const [last, count] = context.quick ? [500, 2] : [5000, 5];
  const cloud = await context.cloud();
  const advance = async (id: string, calls: number) =>
    (await context.load.run({ urls: [`${cloud.url}/advance/${id}`], method: "POST", body: INPUTS, until: { calls } }))
      .times;
  const [old = ""] = await selectTests(cloud.url, 1);
  context.say(`${last} advances`);
  // So that the rounds lie around that number.
  const from = last - (count * CALLS) / 2;
  await advance(old, from);
  const found = { first: [] as Summary[], late: [] as Summary[] };
  let fresh = "";
  for (let round = 0; round < count; round++) {
    [fresh = ""] = await selectTests(cloud.url, 1);
    const times = { first: [] as number[], late: [] as number[] };
    for (let i = 0; i < CALLS; i++) {
      times.first.push(...(await advance(fresh, 1)));
      times.late.push(...(await advance(old, 1)));
    }
    found.first.push(summarize(times.first));
    found.late.push(summarize(times.late));
  }
  const before = await commands(cloud, () => advance(fresh, 1));
  const after = await commands(cloud, () => advance(old, 1));
  const [first, late] = [overRounds(found.first), overRounds(found.late)];
  const ratio = ratiosOfP50(found.late, found.first);
  targets.push(atMost(`advance number ${last} / number 1, median time of ${CALLS}`, ratio, 1.1));
  targets.push(atMost(`advance number ${last} / number 1, Redis commands`, after.median / before.median, 1));
  return {
    title: `The first ${CALLS} advances of a test, in turns with those of one that has had many`,
    rounds: count,
    head: ["advances", "p50 ms", "p95 ms", "Redis commands", "p50 / p50 of the first"],
    rows: [
      [`1 to ${CALLS}`, first.p50, first.p95, before, ""],
      [`${from + 1} to ${from + count * CALLS}`, late.p50, late.p95, after, ratio],
    ],
  };
}

/** The commands of each of twenty consecutive calls. */
async function commands(cloud: Cloud, advance: () => Promise<unknown>): Promise<Rounds> {
  const counts: number[] = [];
  for (let i = 0; i < 20; i++) counts.push((await costOf(cloud, advance)).commands);
  return rounds(counts);
}
