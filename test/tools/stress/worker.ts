import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Cache } from "../../../functions/cache/cache.ts";
import { createObjects } from "../../../functions/platform/objects.ts";
import { createRedis } from "../../../functions/platform/redis.ts";
import type { StressOptions } from "./options.ts";
import { emptyTally, type FromWorker, type Made, type Tally, type ToWorker } from "./tally.ts";

/** One of the processes: reads a known key or creates a new one, until its time is over. */

/** `contended`: this many keys at a time, replaced after this time, so that there is always contention. */
const CONTENDED_KEYS = 8;
const CONTENDED_MS = 400;
const TELL_MS = 500;

const known: string[] = [];
let untold: Made[] = [];

process.on("disconnect", () => process.exit());
process.on("message", (message: ToWorker) => {
  if (message.kind === "known") known.push(...message.keys);
  else void run(message.index, message.options);
});
send({ kind: "ready" });

async function run(index: number, options: StressOptions): Promise<void> {
  const { UPSTASH_REDIS_REST_URL: url = "", UPSTASH_REDIS_REST_TOKEN: token = "", BUCKET = "" } = process.env;
  const bucket = createObjects(BUCKET, options.faults > 0 ? { attemptMs: 500 } : {});
  const cache = new Cache(createRedis({ url, token }), bucket, {
    namespace: options.namespace,
    memoryBytes: options.memoryBytes,
    who: `stress/${index}`,
  });
  const tally = emptyTally();
  const startedAt = performance.now();
  let toldAt = startedAt;
  const elapsed = () => performance.now() - startedAt;
  while (elapsed() < options.durationSeconds * 1000 || tally.iterations < options.operations) {
    tally.iterations += 1;
    const isWrite = known.length === 0 || Math.random() < options.writeProbability;
    try {
      if (isWrite) await create(cache, index, options, tally);
      else await read(cache, options, tally);
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error);
      tally.errors[name] = (tally.errors[name] ?? 0) + 1;
    }
    await sleep(1000 * (isWrite ? options.writeSleepSeconds : options.readSleepSeconds));
    if (performance.now() - toldAt >= TELL_MS) {
      tell(tally);
      toldAt = performance.now();
    }
  }
  await cache.flush();
  tally.seconds = elapsed() / 1000;
  tell(tally);
  send({ kind: "done", tally });
}

async function create(cache: Cache, index: number, options: StressOptions, tally: Tally): Promise<void> {
  const key = options.keys === "random" ? `random/${randomUUID()}` : contendedKey();
  const head = Buffer.from(`${key}|${index}|`);
  const size = randomInt(options.smallest, options.largest + 1);
  const bytes = Buffer.concat([head, randomBytes(Math.max(0, size - head.length))]);
  const startedAt = performance.now();
  const { outcome } = await cache.create(key, bytes);
  tally.createTimes.push(performance.now() - startedAt);
  tally.writes[outcome] += 1;
  if (outcome !== "ok") return;
  tally.writes.bytes += bytes.length;
  untold.push({ key, sha256: createHash("sha256").update(bytes).digest("hex") });
}

async function read(cache: Cache, options: StressOptions, tally: Tally): Promise<void> {
  // Includes contended keys that are being created, or do not exist yet.
  const isContended = options.keys === "contended" && Math.random() < 0.5;
  const key = isContended ? contendedKey() : (known[randomInt(known.length)] ?? "");
  const startedAt = performance.now();
  const found = await cache.read(key);
  tally.readTimes.push(performance.now() - startedAt);
  tally.reads[found.outcome] += 1;
  if (found.outcome !== "ok") {
    if (!isContended) tally.wrong.push(`${key}: was created, and is ${found.outcome}`);
    return;
  }
  tally.reads.bytes += found.bytes.length;
  const head = Buffer.from(found.bytes.subarray(0, key.length + 1)).toString();
  if (head !== `${key}|`) tally.wrong.push(`${key}: has the bytes of another`);
}

function contendedKey(): string {
  return `contended/${Math.floor(Date.now() / CONTENDED_MS)}-${randomInt(CONTENDED_KEYS)}`;
}

function tell(tally: Tally): void {
  const count = (counts: Record<string, number>) =>
    Object.entries(counts).reduce((all, [name, by]) => (name === "bytes" ? all : all + by), 0);
  known.push(...untold.map(({ key }) => key));
  const counts = { reads: count(tally.reads), writes: count(tally.writes), errors: count(tally.errors) };
  send({ kind: "made", made: untold, ...counts });
  untold = [];
}

function send(message: FromWorker): void {
  process.send?.(message);
}
