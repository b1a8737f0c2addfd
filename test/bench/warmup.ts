import { Cache } from "../../functions/cache/cache.ts";
import { createObjects } from "../../functions/platform/objects.ts";
import { createRedis } from "../../functions/platform/redis.ts";
import { type Cloud, startCloud } from "../../infra/local/cloud.ts";

/**
 * What a scenario with seven days of warm-up costs on the local cloud: simulated, fetched from the cache by a worker
 * that has not got it, and from a worker's memory. Prints a table in Markdown.
 */

const ROUNDS = 15;
const SCENARIO = { time_period: "test_day" };

interface Sample {
  readonly ms: number;
  readonly roundTrips: number;
  readonly gets: number;
  readonly puts: number;
}

const cloud = await startCloud({ scheduleSeconds: 0, workers: 1 });
try {
  await main(cloud);
} finally {
  await cloud.stop();
}

async function main({ gateway, host, environment }: Cloud): Promise<void> {
  for (const [name, value] of Object.entries(environment("worker"))) {
    if (name.startsWith("AWS_")) process.env[name] = value;
  }
  const redis = createRedis({ url: gateway.url, token: gateway.token });
  const cache = new Cache(redis, createObjects(environment("worker").BUCKET ?? ""), {
    graceMs: 0,
    clock: () => Date.now() + 1000,
  });
  /** A worker that has done everything once but has nothing in memory. */
  const freshWorker = async () => {
    for (const pid of host.pids("worker")) await host.kill(pid);
    await host.warm("worker", 1);
    const testid = await select();
    await call("PUT", `/initialize/${testid}`, { start_time: 3 * 86_400, warmup_period: 86_400 });
    await call("PUT", `/stop/${testid}`);
  };
  const rows = new Map<string, Sample[]>([
    ["cold: simulated, and stored for all", []],
    ["shared: fetched by another worker", []],
    ["shared: in the worker's memory", []],
  ]);
  const [cold = [], fetched = [], kept = []] = rows.values();
  for (let round = -2; round < ROUNDS; round++) {
    await cache.evict({ toBytes: 0 });
    await freshWorker();
    const samples = [await measure()];
    await freshWorker();
    samples.push(await measure(), await measure());
    // The first rounds warm up what is measured.
    if (round < 0) continue;
    [cold, fetched, kept].forEach((list, i) => {
      const sample = samples[i];
      if (sample !== undefined) list.push(sample);
    });
  }
  const lines = [...rows].map(([name, samples]) => {
    const median = (of: (sample: Sample) => number) => samples.map(of).sort((a, b) => a - b)[samples.length >> 1] ?? 0;
    const [time, trips] = [median(({ ms }) => ms).toFixed(1), median(({ roundTrips }) => roundTrips)];
    return `| ${name} | ${time} ms | ${trips} | ${median(({ gets }) => gets)} | ${median(({ puts }) => puts)} |`;
  });
  process.stdout.write(
    `${[
      "| `PUT scenario`, 7 days of warm-up | time | Redis round trips | S3 GET | S3 PUT |",
      "| --- | --- | --- | --- | --- |",
      ...lines,
    ].join("\n")}\n\nMedians of ${ROUNDS}, testcase1, polls of the waiting api not counted.\n`,
  );
}

async function select(): Promise<string> {
  const answer = (await call("POST", "/testcases/testcase1/select")) as { testid: string };
  return answer.testid;
}

/** One scenario on a test of its own. */
async function measure(): Promise<Sample> {
  const testid = await select();
  const before = { ...cloud.storage.counts() };
  let polls = 0;
  const roundTrips = cloud.gateway.counts().requests;
  cloud.gateway.intercept = async ({ commands, forward }) => {
    if (commands.every(([name]) => name.toUpperCase() === "XRANGE")) polls += 1;
    return await forward();
  };
  const startedAt = performance.now();
  await call("PUT", `/scenario/${testid}`, SCENARIO);
  const ms = performance.now() - startedAt;
  cloud.gateway.intercept = undefined;
  const grown = (name: string) => (cloud.storage.counts()[name] ?? 0) - (before[name] ?? 0);
  const sample = {
    ms,
    roundTrips: cloud.gateway.counts().requests - roundTrips - polls,
    gets: grown("GetObject"),
    puts: grown("PutObject"),
  };
  await call("PUT", `/stop/${testid}`);
  return sample;
}

async function call(method: string, path: string, body: unknown = {}): Promise<unknown> {
  const response = await fetch(new URL(path, cloud.url), {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text.startsWith("{") ? JSON.parse(text) : text;
}
