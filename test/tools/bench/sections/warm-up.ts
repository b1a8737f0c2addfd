import { Cache } from "../../../../functions/cache/cache.ts";
import { createObjects } from "../../../../functions/platform/objects.ts";
import { createRedis } from "../../../../functions/platform/redis.ts";
import type { Cloud } from "../../../../infra/local/cloud/cloud.ts";
import { type Cost, costOf } from "../../../support/cost.ts";
import { type Context, call, selectTests } from "../context.ts";
import { ratios, rounds } from "../stats.ts";
import type { Section } from "../table.ts";

const DAY_SECONDS = 86_400;
/** Begins after seven days of warm-up. */
const SCENARIO = { time_period: "test_day" };

interface Sample {
  readonly ms: number;
  readonly cost: Cost;
}

/**
 * The cost of a scenario with seven days of warm-up: simulated, fetched from the cache by another worker, and read from a
 * worker's memory.
 */
export async function warmUp(context: Context): Promise<Section> {
  const count = context.quick ? 1 : 10;
  const cloud = await context.cloud({ workers: 1 });
  const cache = cacheOf(context, cloud);
  const found = {
    "cold: simulated, and stored for all": [] as Sample[],
    "shared: fetched by another worker": [] as Sample[],
    "shared: in the worker's memory": [] as Sample[],
  };
  for (let round = 0; round <= count; round++) {
    context.say(`round ${round} of ${count}`);
    await cache.evict({ toBytes: 0 });
    await freshWorker(cloud);
    const samples = [await measure(cloud)];
    await freshWorker(cloud);
    samples.push(await measure(cloud), await measure(cloud));
    // The first round warms up.
    if (round > 0) Object.values(found).forEach((list, i) => void list.push(...samples.slice(i, i + 1)));
  }
  const times = (samples: readonly Sample[]) => samples.map(({ ms }) => ms);
  const [cold = []] = Object.values(found);
  return {
    title: "Shared warm-ups",
    tables: [
      {
        title: "`PUT scenario` with seven days of warm-up, testcase1",
        rounds: count,
        head: ["its warm-up is", "ms", "ms / those of cold", "Redis round trips", "polls", "S3 requests"],
        rows: Object.entries(found).map(([name, samples]) => [
          name,
          rounds(times(samples)),
          samples === cold ? "" : ratios(times(samples), times(cold)),
          rounds(samples.map(({ cost }) => cost.roundTrips)),
          rounds(samples.map(({ cost }) => cost.polls)),
          rounds(samples.map(({ cost }) => cost.objects)),
        ]),
      },
    ],
    notes: ["The slower the emulator, the more it pays: the built-in test cases simulate a week in some 10 ms."],
    targets: [],
  };
}

/** The cloud's own cache, to empty it. */
function cacheOf({ defer }: Context, { redisRest, environment }: Cloud): Cache {
  const before = { ...process.env };
  const ofAws = Object.entries(environment("worker")).filter(([name]) => name.startsWith("AWS_"));
  for (const [name, value] of ofAws) process.env[name] = value;
  defer(() => {
    for (const [name] of ofAws) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  return new Cache(
    createRedis({ url: redisRest.url, token: redisRest.token }),
    createObjects(environment("worker").BUCKET ?? ""),
    { graceMs: 0, clock: () => Date.now() + 1000 },
  );
}

/** A worker that has run everything once but has nothing in memory. */
async function freshWorker({ host, url }: Cloud): Promise<void> {
  for (const pid of host.pids("worker")) await host.kill(pid);
  await host.warm("worker", 1);
  const [testid] = await selectTests(url, 1);
  await call(url, "PUT", `/initialize/${testid}`, { start_time: 3 * DAY_SECONDS, warmup_period: DAY_SECONDS });
  await call(url, "PUT", `/stop/${testid}`);
}

/** One scenario on a new test. */
async function measure(cloud: Cloud): Promise<Sample> {
  const [testid] = await selectTests(cloud.url, 1);
  let ms = Number.NaN;
  const cost = await costOf(cloud, async () => {
    const startedAt = performance.now();
    await call(cloud.url, "PUT", `/scenario/${testid}`, SCENARIO);
    ms = performance.now() - startedAt;
  });
  await call(cloud.url, "PUT", `/stop/${testid}`);
  return { ms, cost };
}
