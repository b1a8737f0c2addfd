import { keys } from "../../../../functions/platform/keys.ts";
import { createRedis } from "../../../../functions/platform/redis.ts";
import { clientOf } from "../../../support/client.ts";
import { ROOT, uploadFmu } from "../../../support/fmu.ts";
import { QUEUED, STEP_SECONDS } from "../advance.ts";
import { type Context, call } from "../context.ts";
import { median, ratios, rounds } from "../stats.ts";
import { atMost, type Section } from "../table.ts";

/** What a warm step may take, in those of a worker. */
const MOST_OF_A_WORKERS = 0.6;

/**
 * Steps of an hour of a small model through the service: carried out by the api, and by a worker, which was the only way before.
 *
 * @param bareStep the same step by the model's process alone
 */
export async function fmuService(
  context: Context,
  bareStep: (index: number) => Promise<number>,
): Promise<Pick<Section, "tables" | "notes" | "targets">> {
  const { quick } = context;
  // A busy machine makes no step a worker's that is to be the api's.
  const cloud = await context.cloud({ accounts: [ROOT], environment: { INLINE_MODEL_MS: "10000" } });
  const { url, redisRest } = cloud;
  const client = clientOf(() => cloud);
  await uploadFmu(client, "cs", "/testcases/bench-cs");
  const testid = await client.selectTest("bench-cs");
  await call(url, "PUT", `/step/${testid}`, { step: STEP_SECONDS });
  const redis = createRedis({ url: redisRest.url, token: redisRest.token });
  const ways = {
    bare: (index: number) => bareStep(index),
    trip: () => timed(() => redis.command(["HGET", keys.test(testid), "revision"])),
    inline: () => timed(() => call(url, "POST", `/advance/${testid}`)),
    worker: () => timed(() => call(url, "POST", `/advance/${testid}`, {}, QUEUED)),
  };
  const [count, steps] = quick ? [3, 10] : [7, 40];
  const times = { bare: [] as number[], trip: [] as number[], inline: [] as number[], worker: [] as number[] };
  let index = 0;
  for (let round = 0; round <= count; round++) {
    const each = { bare: [] as number[], trip: [] as number[], inline: [] as number[], worker: [] as number[] };
    for (let i = 0; i < steps; i++, index++) {
      for (const way of ["bare", "trip", "worker", "inline"] as const) each[way].push(await ways[way](index));
    }
    if (round === 0) continue;
    for (const way of ["bare", "trip", "worker", "inline"] as const) times[way].push(median(each[way]));
  }
  const least = times.bare.map((ms, round) => ms + 2 * (times.trip[round] ?? Number.NaN));
  const columns = [times.bare, times.trip, times.inline, times.worker].map((values) => rounds(values));
  const ofWorkers = ratios(times.inline, times.worker);
  return {
    tables: [
      {
        title: "A warm step of an hour through the service (cs), ms",
        rounds: count,
        head: ["bare", "a round trip", "by the api", "by a worker", "api / worker", "api / (bare + 2 round trips)"],
        rows: [[...columns, ofWorkers, ratios(times.inline, least)]],
      },
    ],
    notes: [
      "by the api, by a worker: from the client's request to its answer, over HTTP. a round trip: to Redis, over REST.",
    ],
    targets: [atMost("A warm step of a small model by the api, in those by a worker", ofWorkers, MOST_OF_A_WORKERS)],
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
