import { randomUUID } from "node:crypto";
import { keys } from "../../../functions/platform/keys.ts";
import { createRedis } from "../../../functions/platform/redis.ts";
import { Connection } from "../../../infra/local/gateway/connection.ts";
import type { Command } from "../../../infra/local/gateway/rules.ts";
import { costOf } from "../../support/cost.ts";
import { INPUTS } from "../advance.ts";
import { type Context, selectTests } from "../context.ts";
import { median, summarize } from "../stats.ts";
import { atMost, type Section, type Table, type Target } from "../table.ts";

type Cloud = Awaited<ReturnType<Context["cloud"]>>;

/** Open tests of the cloud that those with many are compared with. */
const FEW = 100;

/** Whether the next step costs what the first did: after thousands of steps, and beside tens of thousands of tests. */
export async function scale(context: Context): Promise<Section> {
  const targets: Target[] = [];
  const accounts = [{ name: "john", key: "bench", privileged: false }];
  const tables = [
    await history(context, await context.cloud(), targets),
    // Two that have been through the same: nothing but the number of tests is to tell them apart.
    ...(await openTests(context, await context.cloud({ accounts }), await context.cloud({ accounts }), targets)),
  ];
  return {
    title: "Scale",
    tables,
    notes: [
      "Open tests are copies of a real one that was advanced once, key by key. Bytes are the growth of Redis' used_memory.",
    ],
    targets,
  };
}

/** One test that has been advanced thousands of times, and a fresh one, in turns: whatever else the machine does, both feel. */
async function history(context: Context, cloud: Cloud, targets: Target[]): Promise<Table> {
  const last = context.quick ? 1000 : 5000;
  const [old = "", fresh = ""] = await selectTests(cloud.url, 2);
  const advance = async (id: string, calls: number) =>
    (await context.load.run({ urls: [`${cloud.url}/advance/${id}`], method: "POST", body: INPUTS, until: { calls } }))
      .times;
  context.say(`${last} advances`);
  await advance(old, last - 50);
  const [first, late]: [number[], number[]] = [[], []];
  for (let i = 0; i < 100; i++) {
    first.push(...(await advance(fresh, 1)));
    late.push(...(await advance(old, 1)));
  }
  const before = await commands(cloud, () => advance(fresh, 1));
  const after = await commands(cloud, () => advance(old, 1));
  const [a, b] = [median(first), median(late)];
  targets.push(atMost(`advance number ${last} / number 1, median time`, b / a, 1.1));
  targets.push(atMost(`advance number ${last} / number 1, median Redis commands`, after / before, 1));
  return {
    title: "A test's first 100 advances, and in turns with them 100 of one that has had many",
    head: ["advances", "p50 ms", "p95 ms", "Redis commands (median)", "p50 / p50 of the first"],
    rows: [
      ["1 to 100", a, summarize(first).p95, before, 1],
      [`${last - 50} to ${last + 50}`, b, summarize(late).p95, after, b / a],
    ],
  };
}

/** Of one of twenty calls that are made one by one. */
async function commands(cloud: Cloud, advance: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  for (let i = 0; i < 20; i++) counts.push((await costOf(cloud, advance)).commands);
  return median(counts);
}

/**
 * What an idle test takes, and whether others feel it: one test is advanced beside more and more of them, in turns with
 * one beside a hundred, so that whatever else the machine does, both feel.
 */
async function openTests(context: Context, few: Cloud, cloud: Cloud, targets: Target[]): Promise<Table[]> {
  const database = new Connection(cloud.redis.port);
  context.defer(() => database.close());
  await database.ready();
  const [model = "", active = ""] = await selectTests(cloud.url, 2);
  const [beside = ""] = await selectTests(few.url, FEW);
  const advance = async ({ url }: Cloud, id: string, calls: number) =>
    (await context.load.run({ urls: [`${url}/advance/${id}`], method: "POST", body: INPUTS, until: { calls } })).times;
  await advance(cloud, model, 1);
  // They go on getting faster for a thousand calls.
  for (let i = 0; i < (context.quick ? 10 : 40); i++) {
    await advance(cloud, active, 50);
    await advance(few, beside, 50);
  }
  const copy = await copier(database, cloud, model);

  const rows: (string | number)[][] = [];
  const listing: (string | number)[][] = [];
  await ownTests(cloud, copy);
  let [open, bytes, keysBefore] = [12, await used(database), await size(database)];
  const [firstBytes, firstKeys, firstOpen] = [bytes, keysBefore, open];
  for (const total of context.quick ? [100, 10_000] : [100, 1000, 10_000, 100_000]) {
    context.say(`${total} open tests`);
    for (; open < total; open += 500) await copy(Math.min(500, total - open), "others");
    open = total;
    bytes = await used(database);
    keysBefore = await size(database);
    const [times, besideFew]: [number[], number[]] = [[], []];
    for (let i = 0; i < (context.quick ? 10 : 30); i++) {
      besideFew.push(...(await advance(few, beside, 10)));
      times.push(...(await advance(cloud, active, 10)));
    }
    const [list, p50] = [await lists(context, cloud), median(times)];
    const added = total - firstOpen;
    const ratio = p50 / median(besideFew);
    rows.push([
      total,
      (keysBefore - firstKeys) / added,
      (bytes - firstBytes) / added,
      p50,
      summarize(times).p99,
      ratio,
    ]);
    listing.push([total, list.p50, list.p99]);
    if (total >= 10_000) targets.push(atMost(`advance beside ${total} open tests / beside ${FEW}`, ratio, 1.1));
  }
  return [
    {
      title: "Open tests",
      head: [
        "open tests",
        "keys per idle test",
        "bytes per idle test",
        "an advance beside them, p50 ms",
        "p99 ms",
        `p50 / p50 beside ${FEW}`,
      ],
      rows,
    },
    {
      title: "GET users/john/tests: 10 tests among those of others",
      head: ["open tests", "p50 ms", "p99 ms"],
      rows: listing,
    },
  ];
}

async function lists({ load, quick }: Context, { url }: Cloud) {
  const headers = { authorization: "bench" };
  const order = { urls: [`${url}/users/john/tests`], method: "GET", body: undefined, headers } as const;
  return summarize((await load.run({ ...order, until: { calls: quick ? 50 : 200 } })).times);
}

type Copy = (count: number, user: string) => Promise<void>;

async function ownTests({ gateway }: Cloud, copy: Copy): Promise<void> {
  await copy(10, "john");
  const redis = createRedis({ url: gateway.url, token: gateway.token });
  if (Number(await redis.command(["SCARD", keys.userTests("john")])) !== 10) throw new Error("john has no 10 tests");
}

/** Makes copies of a test under other ids and users: each of its keys, and its places in the indexes. */
async function copier(database: Connection, cloud: Cloud, model: string): Promise<Copy> {
  const redis = createRedis({ url: cloud.gateway.url, token: cloud.gateway.token });
  const found = (await redis.command(["KEYS", `*${model}*`])) as string[];
  const lineage = String(await redis.command(["HGET", keys.test(model), "lineage"]));
  const dumps = await database.send(found.map((key): Command => ["DUMP", key]));
  const raw = new Map(found.map((key, i) => [key, dumps[i]]));
  return async (count, user) => {
    const commands: [string, ...(string | Buffer)[]][] = [];
    for (let i = 0; i < count; i++) {
      const testid = randomUUID();
      const renamed = (key: string) => key.replaceAll(model, testid).replace("users:anonymous:", `users:${user}:`);
      for (const [key, dump] of raw) {
        if (Buffer.isBuffer(dump)) commands.push(["RESTORE", renamed(key), "0", dump]);
      }
      commands.push(["HSET", keys.test(testid), "user", user, "lineage", renamed(lineage)]);
      commands.push(["SADD", keys.userTests(user), testid], ["ZADD", keys.active(testid), String(Date.now()), testid]);
    }
    const replies = await database.send(commands as unknown as Command[]);
    const refused = replies.find((reply) => reply instanceof Error);
    if (refused instanceof Error) throw refused;
  };
}

async function used(database: Connection): Promise<number> {
  const [info] = await database.send([["INFO", "memory"]]);
  return Number(/used_memory:(\d+)/.exec(String(info))?.[1]);
}

async function size(database: Connection): Promise<number> {
  const [count] = await database.send([["DBSIZE"]]);
  return Number(count);
}
