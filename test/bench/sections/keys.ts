import { keys as names } from "../../../functions/platform/keys.ts";
import { ask } from "../../../infra/local/redis.ts";
import { startRedis } from "../../support/redis.ts";
import type { Context } from "../context.ts";
import { encode, Raw, uuids } from "../raw.ts";
import { median, rounds } from "../stats.ts";
import { type Section, spread } from "../table.ts";

const VALUE = "Running";
/** Commands written without waiting for a reply, so that the server is what is measured and not the network. */
const BATCH = 10_000;

/** Two questions about the layout of the keys. */
export async function keys(context: Context): Promise<Section> {
  const { quick, say } = context;
  const fixture = await startRedis();
  context.defer(() => fixture.stop());
  const raw = new Raw(fixture.server.port);
  context.defer(() => raw.close());
  return {
    title: "Layout of the keys",
    tables: [await keyLength(raw, quick, say), await listing(raw, fixture.server.port, quick, say)],
    notes: [
      "A longer key costs the time to send and hash a few more bytes; KEYS looks at every key of the database for each answer, and lets nobody else work meanwhile.",
    ],
    targets: [],
  };
}

/** `hset` and `hget` on a bare UUID against `users:john:tests:<uuid>`, in turns. */
async function keyLength(raw: Raw, quick: boolean, say: (what: string) => void) {
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
        // Every reply has one length, once the keys are there: `:0`, and the value.
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
  const ratioOf = (command: string) => {
    const [short, long] = Object.keys(layouts).map((layout) => perSecond.get(`${command} ${layout}`) ?? []);
    return median((long ?? []).map((rate, i) => rate / (short?.[i] ?? Number.NaN)));
  };
  return {
    title: `Does a longer key matter? ${(operations * count).toLocaleString("en-US")} operations of each kind, in turns, ${BATCH} at a time`,
    head: ["command", "<uuid>, 1/s", "users:john:tests:<uuid>, 1/s", "long / short"],
    rows: ["HSET", "HGET"].map((command) => [
      command,
      ...Object.keys(layouts).map((layout) => spread(rounds(perSecond.get(`${command} ${layout}`) ?? []))),
      ratioOf(command),
    ]),
  };
}

/** A user's 10 tests among those of others: by pattern, and from the user's set. */
async function listing(raw: Raw, port: number, quick: boolean, say: (what: string) => void) {
  const rows: (string | number)[][] = [];
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
    const pattern = await timesOf(port, `KEYS ${names.userTest("john", "*")}`, 50);
    const set = await timesOf(port, `SMEMBERS ${names.userTests("john")}`, 50);
    rows.push([total, pattern, set, pattern / set]);
  }
  return {
    title: "A user's 10 tests among all; median time on the server, µs",
    head: ["tests in all", "KEYS users:john:tests:*", "SMEMBERS users:john:tests", "KEYS / SMEMBERS"],
    rows,
  };
}

/** What a command takes on the server itself, by its own account, µs. */
async function timesOf(port: number, command: string, count: number): Promise<number> {
  const [name = ""] = command.split(" ");
  const spent = async () => {
    const stats = await ask(port, "INFO commandstats");
    const [, usec] = new RegExp(`^cmdstat_${name.toLowerCase()}:calls=\\d+,usec=(\\d+)`, "m").exec(stats) ?? [];
    return Number(usec ?? 0);
  };
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = await spent();
    await ask(port, command);
    times.push((await spent()) - before);
  }
  return median(times);
}
