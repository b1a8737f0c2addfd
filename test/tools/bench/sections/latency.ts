import { randomUUID } from "node:crypto";
import { beginAdvance, type Snapshot } from "../../../../functions/simulation/run.ts";
import type { Cloud } from "../../../../infra/local/cloud/cloud.ts";
import { builtIn } from "../../../simulation/support.ts";
import { untilQuiet } from "../../../support/cloud.ts";
import { type Cost, costOf } from "../../../support/cost.ts";
import { INPUTS, QUEUED, STEP_SECONDS } from "../advance.ts";
import { type Context, selectTests } from "../context.ts";
import { startEmptyCloud } from "../empty/cloud.ts";
import { simulate, startOf } from "../simulate.ts";
import { overRounds, ratios, ratiosOfP50, rounds, type Summary, summarize } from "../stats.ts";
import { atMost, type Cell, type Section, type Table, type Target } from "../table.ts";

/**
 * Consecutive round trips: one for a test that the process remembers; by the queue enqueue, claim, commit and the poll that
 * finds the answer.
 */
const ROUND_TRIPS = { inline: 1, queue: 4 };

/** Makes so many advances of one test, one after the other. */
type Advance = (calls: number, headers?: Readonly<Record<string, string>>) => Promise<readonly number[]>;

/** The time of one advance beside its lower limit, with several delays of a round trip. */
export async function latency(context: Context): Promise<Section> {
  const cloud = await context.cloud();
  const [testid] = await selectTests(cloud.url, 1);
  const order = { urls: [`${cloud.url}/advance/${testid}`], method: "POST", body: INPUTS } as const;
  const advance: Advance = async (calls, headers = {}) =>
    (await context.load.run({ ...order, headers, until: { calls } })).times;
  const targets: Target[] = [];
  return {
    title: "Latency of an advance",
    tables: [await times(context, cloud, advance, targets), await costs(context, cloud, advance, targets)],
    notes: [
      "Floor: the round trips that must follow one another × one of them, + the bare simulation, all of the same round. It has no HTTP server, no Redis REST server, no function host.",
      "Bare simulation: the state read from JSON, a step simulated, the state written as JSON, in one process and without anything around it.",
      "Empty: the same host, Redis REST server and client library with a function that does one empty script and nothing else.",
      "One advance of some seventy has a segment of results to write besides, which takes two round trips more and one request to S3: the highest costs are those.",
    ],
    targets,
  };
}

async function times(context: Context, cloud: Cloud, advance: Advance, targets: Target[]): Promise<Table> {
  const { quick, load, say } = context;
  const [rtts, count, calls] = quick ? [[0, 5], 2, 60] : [[0, 1, 5, 20], 7, 200];
  const empty = await startEmptyCloud();
  context.defer(() => empty.stop());
  const simulateSteps = await bareSimulation();
  await simulateSteps(1000);
  const simulations: Summary[] = [];
  const rows: Cell[][] = [];
  for (const rtt of rtts) {
    say(`advance latency with ${rtt} ms more for each round trip`);
    cloud.redisRest.delayMs = rtt;
    empty.redisRest.delayMs = rtt;
    const found = { simulation: [] as Summary[], trip: [] as Summary[], empty: [] as Summary[] };
    const paths = { inline: [] as Summary[], queue: [] as Summary[] };
    // The first round warms up everything and is not counted.
    for (let round = 0; round <= count; round++) {
      const simulation = await simulateSteps(calls);
      const trip = await load.roundTrips({ redisUrl: cloud.redisRest.url, redisToken: cloud.redisRest.token, calls });
      const urls = [`${empty.url}/advance/none`];
      const nothing = await load.run({ urls, method: "POST", body: INPUTS, until: { calls } });
      const inline = await advance(calls);
      const queue = await advance(Math.ceil(calls / 2), QUEUED);
      if (round === 0) continue;
      found.simulation.push(summarize(simulation));
      found.trip.push(summarize(trip.times));
      found.empty.push(summarize(nothing.times));
      paths.inline.push(summarize(inline));
      paths.queue.push(summarize(queue));
    }
    simulations.push(...found.simulation);
    const trip = overRounds(found.trip);
    const host = overRounds(found.empty);
    rows.push([rtt, "one round trip, empty script", 1, trip.p50, trip.p95, trip.p99, "", ""]);
    rows.push([rtt, "one empty script behind the API", 1, host.p50, host.p95, host.p99, "", ""]);
    for (const path of ["inline", "queue"] as const) {
      const p50s = paths[path].map((each) => each.p50);
      const floors = found.trip.map(
        (each, i) => ROUND_TRIPS[path] * each.p50 + (found.simulation[i]?.p50 ?? Number.NaN),
      );
      const toFloor = ratios(p50s, floors);
      const toEmpty = ratiosOfP50(paths[path], found.empty);
      const { p50, p95, p99 } = overRounds(paths[path]);
      rows.push([rtt, `advance, ${path}`, ROUND_TRIPS[path], p50, p95, p99, toFloor, toEmpty]);
      if (path === "inline") targets.push(atMost(`advance inline, ${rtt} ms: p50 / floor`, toFloor, 1.25));
    }
  }
  cloud.redisRest.delayMs = 0;
  const { p50, p95, p99 } = overRounds(simulations);
  return {
    title: `testcase1, step ${STEP_SECONDS} s, one client; ms; ${calls} calls a round`,
    rounds: count,
    head: ["added to a round trip", "what", "round trips", "p50", "p95", "p99", "p50 / floor", "p50 / empty"],
    rows: [["", "bare simulation", 0, p50, p95, p99, "", ""], ...rows],
  };
}

/** @returns a function that simulates so many consecutive steps, and returns the time of each, ms */
async function bareSimulation(): Promise<(count: number) => Promise<number[]>> {
  const testcase = builtIn("testcase1");
  let state = JSON.stringify(await startOf(testcase));
  return async (count) => {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const startedAt = performance.now();
      const snapshot = JSON.parse(state) as Snapshot;
      const stepped = await simulate(testcase, beginAdvance(testcase, snapshot, INPUTS, STEP_SECONDS));
      state = JSON.stringify(stepped.snapshot);
      times.push(performance.now() - startedAt);
    }
    return times;
  };
}

/** The cost of an advance, counted at the Redis REST server, in Redis, at the queue and the bucket, one call at a time. */
async function costs(context: Context, cloud: Cloud, advance: Advance, targets: Target[]): Promise<Table> {
  const count = context.quick ? 5 : 31;
  const rows: Cell[][] = [];
  for (const path of ["inline", "queue"] as const) {
    for (const isKeyed of [false, true]) {
      const what = `${path}${isKeyed ? ", with an Idempotency-Key" : ""}`;
      context.say(`what an advance costs: ${what}`);
      // From then on the process remembers the test.
      await advance(1);
      const found: Cost[] = [];
      for (let i = 0; i < count; i++) {
        const headers = {
          ...(path === "queue" ? QUEUED : {}),
          ...(isKeyed ? { "idempotency-key": randomUUID() } : {}),
        };
        const work = async () => {
          await advance(1, headers);
          await untilQuiet(cloud);
        };
        found.push(await costOf(cloud, work));
      }
      const of = (name: keyof Cost) => rounds(found.map((cost) => cost[name]));
      rows.push([what, of("roundTrips"), of("commands"), of("polls"), of("messages"), of("objects"), of("bytes")]);
      if (path !== "inline") continue;
      targets.push(
        atMost(`advance ${what}: REST round trips`, of("roundTrips"), 1),
        atMost(`advance ${what}: Redis commands`, of("commands"), isKeyed ? 12 : 10),
        atMost(`advance ${what}: SQS messages`, of("messages"), 0),
        atMost(`advance ${what}: polls`, of("polls"), 0),
      );
    }
  }
  return {
    title: "What an advance costs",
    rounds: count,
    head: ["path", "Redis round trips", "Redis commands", "polls", "SQS messages", "S3 requests", "bytes over REST"],
    rows,
  };
}
