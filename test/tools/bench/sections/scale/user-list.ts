import type { Cloud } from "../../../../../infra/local/cloud/cloud.ts";
import { costOf } from "../../../../support/cost.ts";
import { type Context, call } from "../../context.ts";
import { overRounds, ratiosOfP50, type Summary, summarize } from "../../stats.ts";
import type { Cell, Table } from "../../table.ts";
import { Copies, databaseOf, TESTS_OF_A_USER } from "./copies.ts";
import { JOHN, JOHNS_KEY, selectAsJohn } from "./john.ts";

/** Tests of other users in the base case of the comparison. */
const FEW = 100;

/** A user's list of tests through the API, among more and more tests of others, in turns with one among a hundred. */
export async function userList(context: Context): Promise<Table> {
  const { quick, load, say } = context;
  const [totals, count, calls] = quick ? [[FEW, 10_000], 2, 30] : [[FEW, 10_000, 1_000_000], 5, 100];
  const [few, many] = [await begin(context), await begin(context)];
  await few.others.make(FEW);
  const list = async ({ cloud }: Begun, number = calls): Promise<Summary> => {
    const order = {
      urls: [`${cloud.url}/users/john/tests`],
      method: "GET",
      body: undefined,
      headers: JOHNS_KEY,
    } as const;
    return summarize((await load.run({ ...order, until: { calls: number } })).times);
  };
  for (const each of [few, many]) await list(each, quick ? 100 : 1000);

  const rows: Cell[][] = [];
  let others = 0;
  for (const total of totals) {
    say(`a user's tests among ${total} of others`);
    await many.others.make(total - others);
    others = total;
    const found = { few: [] as Summary[], many: [] as Summary[] };
    for (let round = 0; round < count; round++) {
      found.few.push(await list(few));
      found.many.push(await list(many));
    }
    const { p50, p95 } = overRounds(found.many);
    const { commands } = await costOf(many.cloud, () => list(many, 1));
    rows.push([total, p50, p95, commands, ratiosOfP50(found.many, found.few)]);
  }
  return {
    title: `GET users/john/tests: ${TESTS_OF_A_USER} tests, in turns with as many among ${FEW}; ${calls} calls a round`,
    rounds: count,
    head: ["tests of others", "p50 ms", "p95 ms", "Redis commands", `p50 / p50 among ${FEW}`],
    rows,
  };
}

interface Begun {
  readonly cloud: Cloud;
  /** The tests of other users; empty at first. */
  readonly others: Copies;
}

/** A cloud with john's tests. */
async function begin(context: Context): Promise<Begun> {
  const cloud = await context.cloud({ accounts: [JOHN] });
  const own: string[] = [];
  for (let i = 0; i < TESTS_OF_A_USER; i++) own.push(await selectAsJohn(cloud));
  const listed = (await call(cloud.url, "GET", "/users/john/tests", undefined, JOHNS_KEY)) as readonly string[];
  if (listed.length !== own.length) throw new Error(`john has ${listed.length} tests`);
  return { cloud, others: await Copies.of(await databaseOf(context, cloud), own[0] ?? "", "listed") };
}
