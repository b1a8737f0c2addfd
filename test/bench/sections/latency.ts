import { setTimeout as sleep } from "node:timers/promises";
import {
  beginAdvance,
  beginInitialize,
  continueRun,
  finish,
  isDone,
  type Run,
  type Snapshot,
} from "../../../functions/simulation/run.ts";
import type { TestCase } from "../../../functions/simulation/testcase.ts";
import { findTestCase } from "../../../functions/simulation/testcases/index.ts";
import { type Cost, costOf } from "../../support/cost.ts";
import { type Context, selectTests } from "../context.ts";
import { startEmptyCloud } from "../empty/cloud.ts";
import { median, overRounds, rounds, type Summary, summarize } from "../stats.ts";
import { atMost, type Section, spread, type Target } from "../table.ts";

const STEP_SECONDS = 3600;
const BODY = { oveAct_u: 500, oveAct_activate: 1 };
/** Goes through the queue to a worker, where a call that waits plainly is carried out at once. */
const QUEUED = { prefer: "respond-async, wait=20" };
/** Round trips that must follow one another: enqueue and commit; by the queue, claim and the poll that finds the answer too. */
const ROUND_TRIPS = { inline: 2, queue: 4 };

/** What one advance takes, beside what it must take at least; with several times that a round trip takes longer. */
export async function latency(context: Context): Promise<Section> {
  const { quick, load, say } = context;
  const [rtts, count, calls] = quick ? [[0, 5], 2, 60] : [[0, 1, 5, 20], 7, 200];
  const cloud = await context.cloud();
  const empty = await startEmptyCloud();
  context.defer(() => empty.stop());
  const [testid = ""] = await selectTests(cloud.url, 1);
  const advance = (headers = {}, n = calls) =>
    load.run({ urls: [`${cloud.url}/advance/${testid}`], method: "POST", body: BODY, headers, until: { calls: n } });
  const simulation = await bareSimulation(quick ? 200 : 1000);

  const rows: (string | number)[][] = [];
  const targets: Target[] = [];
  for (const rtt of rtts) {
    say(`advance latency with ${rtt} ms more for each round trip`);
    cloud.gateway.delayMs = rtt;
    empty.gateway.delayMs = rtt;
    const found: Record<"trip" | "floor" | "inline" | "queue", Summary[]> = {
      trip: [],
      floor: [],
      inline: [],
      queue: [],
    };
    // The first round warms up everything and is not counted.
    for (let round = 0; round <= count; round++) {
      const trips = await load.roundTrips({ redisUrl: cloud.gateway.url, redisToken: cloud.gateway.token, calls });
      const urls = [`${empty.url}/advance/${testid}`];
      const nothing = await load.run({ urls, method: "POST", body: BODY, until: { calls } });
      const inline = await advance();
      const queue = await advance(QUEUED, Math.ceil(calls / 2));
      if (round === 0) continue;
      found.trip.push(summarize(trips.times));
      found.floor.push(summarize(nothing.times));
      found.inline.push(summarize(inline.times));
      found.queue.push(summarize(queue.times));
    }
    const trip = overRounds(found.trip);
    const floor = overRounds(found.floor);
    rows.push([rtt, "one round trip, empty script", 1, spread(trip.spread), trip.p95, trip.p99, "", ""]);
    rows.push([rtt, "two empty scripts behind the API", 2, spread(floor.spread), floor.p95, floor.p99, "", 1]);
    for (const path of ["inline", "queue"] as const) {
      const least = ROUND_TRIPS[path] * trip.p50 + simulation;
      const { p50, p95, p99, spread: of } = overRounds(found[path]);
      const toEmpty = median(found[path].map((each, i) => each.p50 / (found.floor[i]?.p50 ?? Number.NaN)));
      rows.push([rtt, `advance, ${path}`, ROUND_TRIPS[path], spread(of), p95, p99, p50 / least, toEmpty]);
      if (path === "inline") targets.push(atMost(`advance inline, ${rtt} ms: p50 / floor`, p50 / least, 1.25));
    }
  }
  cloud.gateway.delayMs = 0;

  say("what an advance costs");
  const costs = [];
  for (const [path, headers] of [
    ["inline", {}],
    ["queue", QUEUED],
  ] as const) {
    const cost = await medianCost(cloud, () => advance(headers, 1));
    costs.push([path, cost.roundTrips, cost.commands, cost.polls, cost.messages]);
    if (path !== "inline") continue;
    targets.push(atMost("advance inline: REST round trips", cost.roundTrips, 2), atMost("commands", cost.commands, 18));
    targets.push(atMost("messages and polls", cost.messages + cost.polls, 0));
  }
  return {
    title: "Latency of an advance",
    tables: [
      {
        title: `testcase1, step ${STEP_SECONDS} s, one client; ms; medians of ${count} rounds of ${calls} calls (lowest–highest p50)`,
        head: ["added to a round trip", "what", "round trips", "p50", "p95", "p99", "p50 / floor", "p50 / empty"],
        rows,
      },
      {
        title:
          "Cost of one advance, median of 31 (one of some seventy has a segment to write besides, which a worker does)",
        head: ["path", "REST round trips", "Redis commands", "polls", "SQS messages"],
        rows: costs,
      },
    ],
    notes: [
      `Floor: the round trips that must follow one another × one of them, + ${simulation.toPrecision(3)} ms for the bare simulation. It has no HTTP server, no gateway, no function host.`,
      "Empty: the same host, gateway and client library with a function that does two empty scripts and nothing else.",
    ],
    targets,
  };
}

/** Reading the state, simulating a step, and writing the state again, in this process, ms. */
async function bareSimulation(count: number): Promise<number> {
  const testcase = findTestCase("testcase1");
  if (testcase === undefined) throw new Error("no testcase1");
  let state = JSON.stringify(
    await whole(testcase, beginInitialize(testcase, { startTime: 0, warmupPeriod: 0, endTime: null })),
  );
  const inputs = { oveAct_u: 500, oveAct_activate: 1 };
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    const snapshot = JSON.parse(state) as Snapshot;
    state = JSON.stringify(await whole(testcase, beginAdvance(testcase, snapshot, inputs, STEP_SECONDS)));
    times.push(performance.now() - startedAt);
  }
  return rounds(times.slice(count / 2)).median;
}

async function whole(testcase: TestCase, begun: Run): Promise<Snapshot> {
  let run = begun;
  while (!isDone(run)) run = (await continueRun(testcase, run, 1_000_000)).run;
  return finish(testcase, run);
}

/** Counted at the gateway, in Redis and at the queue, one call at a time. */
async function medianCost(cloud: Awaited<ReturnType<Context["cloud"]>>, advance: () => Promise<unknown>) {
  const costs: Cost[] = [];
  for (let i = 0; i < 31; i++) {
    costs.push(await costOf(cloud, advance));
    // A worker may still be letting go of its lease.
    await sleep(20);
  }
  const of = (name: keyof Cost) => median(costs.map((cost) => cost[name]));
  return { roundTrips: of("roundTrips"), commands: of("commands"), polls: of("polls"), messages: of("messages") };
}
