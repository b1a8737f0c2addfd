import { keys as names } from "../../../../functions/platform/keys.ts";
import { ask } from "../../../../infra/local/redis/redis-server.ts";
import { startRedis } from "../../../support/redis.ts";
import type { Context } from "../context.ts";
import { encode, Raw, uuids } from "../raw.ts";
import { ratios, rounds, summarize } from "../stats.ts";
import type { Cell, Section, Table } from "../table.ts";

const VALUE = "Running";
/** Commands written without waiting for replies, so that the server limits the speed, not the network. */
const BATCH = 10_000;

/** Two questions about the layout of the keys. */
export async function keys(context: Context): Promise<Section> {
  const fixture = await startRedis();
  context.defer(() => fixture.stop());
  const raw = new Raw(fixture.server.port);
  context.defer(() => raw.close());
  return {
    title: "Layout of the keys",
    tables: [
      await keyLength(context, raw, await roundTripMs(context)),
      await listing(context, raw, fixture.server.port),
    ],
    notes: [
      "A longer key costs the time to send, read and hash a few more bytes. The operations are sent without waiting, 10,000 at a time: a caller that waits for each, as over REST, pays a round trip for it, beside which the difference is what the last column says.",
      "KEYS looks at every key of the database for each answer, and lets nobody else work meanwhile.",
    ],
    targets: [],
  };
}

/** The time of one REST call on this machine, without added delay, ms. */
async function roundTripMs({ cloud, load, quick }: Context): Promise<number> {
  const { redisRest } = await cloud();
  const calls = { redisUrl: redisRest.url, redisToken: redisRest.token, calls: quick ? 200 : 1000 };
  await load.roundTrips(calls);
  return summarize((await load.roundTrips(calls)).times).p50;
}

/** `hset` and `hget` on a bare UUID against `users:john:tests:<uuid>`, in turns. */
async function keyLength({ quick, say }: Context, raw: Raw, tripMs: number): Promise<Table> {
  const [tests, operations, count] = [10_000, quick ? 100_000 : 1_000_000, quick ? 3 : 5];
  const ids = uuids(tests);
  const layouts = {
    "<uuid>": (id: string) => id,
    "users:john:tests:<uuid>": (id: string) => names.userTest("john", id),
  };
  const perSecond = new Map<string, number[]>();
  for (let round = 0; round <= count; round++) {
    say(`key length, round ${round} of ${count}`);
    for (const [layout, keyOf] of Object.entries(layouts)) {
      for (const command of ["HSET", "HGET"]) {
        const words = (id: string) =>
          command === "HSET" ? [command, keyOf(id), "status", VALUE] : [command, keyOf(id), "status"];
        const batch = Buffer.concat(Array.from({ length: BATCH }, (_, i) => encode(...words(ids[i % tests] ?? ""))));
        // Once the keys exist, all replies have one length: `:0`, and the value.
        const replyBytes = BATCH * (command === "HSET" ? ":0\r\n".length : `$${VALUE.length}\r\n${VALUE}\r\n`.length);
        if (round === 0 && command === "HSET") {
          await raw.exchange(batch, replyBytes);
          continue;
        }
        const startedAt = performance.now();
        for (let done = 0; done < operations; done += BATCH) await raw.exchange(batch, replyBytes);
        const rate = (1000 * operations) / (performance.now() - startedAt);
        const name = `${command} ${layout}`;
        if (round > 0) perSecond.set(name, [...(perSecond.get(name) ?? []), rate]);
      }
    }
  }
  return {
    title: `Does a longer key matter? ${(operations * count).toLocaleString("en-US")} operations of each kind, in turns, ${BATCH} at a time`,
    rounds: count,
    head: [
      "command",
      "`<uuid>`, 1/s",
      "`users:john:tests:<uuid>`, 1/s",
      "long / short",
      "long − short, µs an operation",
      "of a REST round trip, %",
    ],
    rows: ["HSET", "HGET"].map((command): Cell[] => {
      const [short = [], long = []] = Object.keys(layouts).map((layout) => perSecond.get(`${command} ${layout}`) ?? []);
      const differences = long.map((rate, i) => 1e6 / rate - 1e6 / (short[i] ?? Number.NaN));
      return [
        command,
        rounds(short),
        rounds(long),
        ratios(long, short),
        rounds(differences),
        rounds(differences.map((us) => (100 * us) / (1000 * tripMs))),
      ];
    }),
  };
}

/** A user's 10 tests among those of others: by pattern, and from the user's set. */
async function listing({ quick, say }: Context, raw: Raw, port: number): Promise<Table> {
  const count = 5;
  const rows: Cell[][] = [];
  await raw.exchange(encode("FLUSHALL"), 5);
  const own = uuids(10);
  for (const id of own) {
    await raw.exchange(encode("HSET", names.userTest("john", id), "status", VALUE), 4);
    await raw.exchange(encode("SADD", names.userTests("john"), id), 4);
  }
  let others = 0;
  for (const total of quick ? [100, 10_000, 100_000] : [100, 10_000, 1_000_000]) {
    say(`a user's tests among ${total}`);
    for (; others < total - own.length; others += BATCH) {
      const batch = uuids(Math.min(BATCH, total - own.length - others));
      const commands = batch.map((id) => encode("HSET", names.userTest(`u${others}`, id), "status", VALUE));
      await raw.exchange(Buffer.concat(commands), batch.length * 4);
    }
    others = total - own.length;
    const [patterns, sets]: [number[], number[]] = [[], []];
    for (let round = 0; round <= count; round++) {
      const pattern = await meanTime(port, `KEYS ${names.userTest("john", "*")}`, 10);
      const set = await meanTime(port, `SMEMBERS ${names.userTests("john")}`, 10);
      // The first round warms up.
      if (round === 0) continue;
      patterns.push(pattern);
      sets.push(set);
    }
    rows.push([total, rounds(patterns), rounds(sets), ratios(patterns, sets)]);
  }
  return {
    title: "A user's 10 tests among all; time on the server, means of 10 calls",
    rounds: count,
    head: ["tests in all", "`KEYS users:john:tests:*`, µs", "`SMEMBERS users:john:tests`, µs", "KEYS / SMEMBERS"],
    rows,
  };
}

/** A command's time on the server, by the server's own statistics, µs. */
async function meanTime(port: number, command: string, calls: number): Promise<number> {
  const [name = ""] = command.split(" ");
  const spent = async () => {
    const stats = await ask(port, "INFO commandstats");
    const [, usec] = new RegExp(`^cmdstat_${name.toLowerCase()}:calls=\\d+,usec=(\\d+)`, "m").exec(stats) ?? [];
    return Number(usec ?? 0);
  };
  const before = await spent();
  for (let i = 0; i < calls; i++) await ask(port, command);
  return ((await spent()) - before) / calls;
}
