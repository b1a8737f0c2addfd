import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Cache } from "../../../functions/cache/cache.ts";
import { createObjects } from "../../../functions/platform/objects.ts";
import { createRedis } from "../../../functions/platform/redis.ts";
import { Problem, runProgram } from "../../../infra/programs/problem.ts";
import { startCacheStack } from "../../support/cache-stack.ts";
import { letFail, letWork } from "./faults.ts";
import { readOptions, type StressOptions, USAGE } from "./options.ts";
import { makeReport, writeReport } from "./report.ts";
import type { FromWorker, Made, Tally } from "./tally.ts";
import { clean, verify } from "./verify.ts";

/** Many processes on one cache, and a check of the remains: see USAGE. */

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
const HOOKS = new URL("../../support/lua-hooks.ts", import.meta.url).href;

const children: ChildProcess[] = [];
// Ctrl-C ends the processes; then the run ends as always: the namespace is emptied.
let isInterrupted = false;
process.once("SIGINT", () => {
  isInterrupted = true;
  for (const child of children) child.kill("SIGKILL");
});

await runProgram(async () => {
  if (process.argv.includes("--help")) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const options = readOptions(process.argv.slice(2));
  const place = await findPlace(options);
  try {
    await clean(place.redis, place.bucket, options.namespace);
    place.letFail();
    const { tallies, made } = await runAll(options, place.environment);
    place.letWork();
    if (isInterrupted) {
      process.exitCode = 130;
      return;
    }
    const cache = new Cache(place.redis, place.bucket, { namespace: options.namespace, memoryBytes: 0 });
    const run = { namespace: options.namespace, made, reconcileFirst: options.faults > 0 };
    const report = makeReport(options, tallies, await verify(cache, place.redis, place.bucket, run));
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : writeReport(report)}\n`);
    process.exitCode = report.passed ? 0 : 1;
  } finally {
    for (const child of children) child.kill("SIGKILL");
    place.letWork();
    await clean(place.redis, place.bucket, options.namespace);
    await place.stop();
  }
});

/** The storage that the environment names, or a local stack for this run only. */
async function findPlace({ faults }: StressOptions) {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token, BUCKET } = process.env;
  if (url && token && BUCKET) {
    if (faults > 0) throw new Problem("--faults needs the local stack: unset UPSTASH_REDIS_REST_URL and BUCKET");
    const nothing = () => {};
    const clients = { redis: createRedis({ url, token }), bucket: createObjects(BUCKET) };
    return { ...clients, environment: {}, letFail: nothing, letWork: nothing, stop: async () => {} };
  }
  const { fixture, bucket, storage, environment, stop } = await startCacheStack();
  return {
    redis: fixture.redis,
    bucket,
    environment,
    letFail: () => (faults > 0 ? letFail(storage, faults) : undefined),
    letWork: () => letWork(storage),
    stop,
  };
}

/** Starts the processes together, tells each the others' objects, and waits for their ends. */
async function runAll(options: StressOptions, environment: Readonly<Record<string, string>>) {
  const made: Made[] = [];
  const counts = new Map<number, { reads: number; writes: number; errors: number }>();
  const ready = Array.from({ length: options.processes }, async (_, index) => {
    const env = { ...process.env, ...environment };
    const child = fork(WORKER, [], { env, execArgv: ["--import", HOOKS] });
    children[index] = child;
    const done = finished(child, (message) => {
      if (message.kind !== "made") return;
      counts.set(index, message);
      made.push(...message.made);
      const keys = message.made.map(({ key }) => key);
      for (const other of children) if (other !== child && other.connected) other.send({ kind: "known", keys });
    });
    await Promise.race([once(child, "message"), done]);
    return { child, done };
  });
  const all = await Promise.all(ready);
  all.forEach(({ child }, index) => {
    child.send({ kind: "start", index: index + 1, options });
  });
  const progress = showProgress(options, counts);
  try {
    const tallies = await Promise.all(all.map(({ done }) => done));
    return { tallies: tallies.filter((tally) => tally !== undefined), made };
  } finally {
    clearInterval(progress);
    process.stderr.write("\n");
  }
}

async function finished(child: ChildProcess, onMessage: (message: FromWorker) => void): Promise<Tally | undefined> {
  let tally: Tally | undefined;
  child.on("message", (message: FromWorker) => {
    onMessage(message);
    if (message.kind !== "done") return;
    tally = message.tally;
    child.disconnect();
  });
  const [code, signal] = await once(child, "exit");
  if (tally === undefined && !isInterrupted) throw new Error(`A process ended before its time (${signal ?? code})`);
  return tally;
}

function showProgress(
  { durationSeconds }: StressOptions,
  counts: ReadonlyMap<number, { reads: number; writes: number; errors: number }>,
): NodeJS.Timeout {
  const startedAt = performance.now();
  const total = (name: "reads" | "writes" | "errors") =>
    [...counts.values()].reduce((all, each) => all + each[name], 0);
  return setInterval(
    () => {
      const seconds = Math.min(Math.round((performance.now() - startedAt) / 1000), durationSeconds);
      const line = `${seconds} of ${durationSeconds} s: ${total("reads")} reads, ${total("writes")} creates, ${total("errors")} errors`;
      process.stderr.write(process.stderr.isTTY ? `\r${line}  ` : `${line}\n`);
    },
    process.stderr.isTTY ? 500 : 5000,
  );
}
