import { keys } from "../../../../../functions/platform/keys.ts";
import type { Cloud } from "../../../../../infra/local/cloud/cloud.ts";
import { redisOf } from "../../../../support/state.ts";
import { QUEUED } from "../../advance.ts";
import { type Context, call } from "../../context.ts";
import { median, ratios, rounds } from "../../stats.ts";
import { atMost, type Cell, type Section, type Target } from "../../table.ts";
import type { BareLoop } from "./bare.ts";
import type { BuildingTest } from "./models.ts";

/** A warm step: so much of the bare one, and so many round trips. */
const [OF_BARE, TRIPS] = [1.2, 2];
/** What a warm step by the api may take, in those of a worker. */
const MOST_OF_A_WORKERS = 0.6;

type Way = "bare" | "trip" | "api" | "worker";

/**
 * A step of an hour through the service, whose model is alive: carried out by the api, and by a worker, beside the same step in a
 * bare C loop.
 */
export async function warm(
  { quick, say }: Context,
  cloud: Cloud,
  tests: readonly (BuildingTest & { readonly bare: BareLoop })[],
): Promise<Omit<Section, "title">> {
  const rows: Cell[][] = [];
  const targets: Target[] = [];
  const redis = redisOf(cloud);
  const [count, steps] = quick ? [3, 10] : [7, 40];
  for (const { title, testid, bare } of tests) {
    say(`${title}: a warm step`);
    const advance = (headers = {}) => timed(() => call(cloud.url, "POST", `/advance/${testid}`, {}, headers));
    // The test has taken its first step.
    await bare.steps(1);
    const ways: Record<Way, () => Promise<number>> = {
      bare: () => bare.steps(1),
      trip: () => timed(() => redis.command(["HGET", keys.test(testid), "revision"])),
      api: () => advance(),
      worker: () => advance(QUEUED),
    };
    const names = Object.keys(ways) as Way[];
    const times: Record<Way, number[]> = { bare: [], trip: [], api: [], worker: [] };
    for (let round = 0; round <= count; round++) {
      const each: Record<Way, number[]> = { bare: [], trip: [], api: [], worker: [] };
      for (let i = 0; i < steps; i++) for (const way of names) each[way].push(await ways[way]());
      if (round > 0) for (const way of names) times[way].push(median(each[way]));
    }
    const limits = times.bare.map((ms, round) => OF_BARE * ms + TRIPS * (times.trip[round] ?? Number.NaN));
    const [ofLimit, ofWorkers] = [ratios(times.api, limits), ratios(times.api, times.worker)];
    rows.push([title, ...names.map((way) => rounds(times[way])), ofLimit, ofWorkers]);
    const limit = `${OF_BARE} bare ones and ${TRIPS} round trips`;
    targets.push(atMost(`${title}: a warm step through the service / ${limit}`, ofLimit, 1));
    if (tests[0]?.testid === testid)
      targets.push(atMost(`${title}: a warm step by the api, in those by a worker`, ofWorkers, MOST_OF_A_WORKERS));
  }
  return {
    tables: [
      {
        title: "A warm step of an hour through the service, ms",
        rounds: count,
        head: ["model", "bare C loop", "a round trip", "by the api", "by a worker", "api / limit", "api / worker"],
        rows,
      },
    ],
    notes: [
      "bare C loop: the same calls of FMI and, of Model Exchange, of CVODE, with 120 samples, in a C program that does nothing else. a round trip: to Redis, over REST. by the api, by a worker: from the client's request to its answer, over HTTP.",
      `limit: ${OF_BARE} × the bare step + ${TRIPS} round trips.`,
    ],
    targets,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
