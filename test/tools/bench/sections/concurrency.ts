import { freemem } from "node:os";
import { STEP_SECONDS } from "../advance.ts";
import type { Context } from "../context.ts";
import { overRounds, ratios, rounds, summarize } from "../stats.ts";
import { drive, emptyHost, ours, type System, workerPerTest } from "../systems.ts";
import { atLeast, type Cell, type Section, type Target } from "../table.ts";

/** The memory of a worker process, bytes: no more workers start than fit. */
const WORKER_BYTES = 80e6;

/** The test case's default step, s: its time is mostly the protocol's. A step of an hour has 120 samples to compute and store. */
const SHORT_STEP = 60;

/** Advances per second of one machine, by the number of simultaneous tests: compared with an empty function, and with one worker per test. */
export async function concurrency(context: Context): Promise<Section> {
  const { quick, say } = context;
  const [steps, count, ms] = quick ? [[1, 4, 16, 64], 2, 350] : [[1, 4, 16, 64, 256], 5, 3000];
  const most = steps.at(-1) ?? 1;
  const mostWorkers = quick ? 16 : Math.min(most, Math.floor(freemem() / WORKER_BYTES));
  say(`starting ${most} tests, and ${mostWorkers} worker processes`);
  const cloud = await context.cloud();
  const long = await ours(cloud, most);
  const short = await ours(cloud, most, SHORT_STEP);
  const empty = await emptyHost(context, most);
  const workers = await workerPerTest(context, mostWorkers);
  const systems: System[] = [long, short, empty, workers];

  const rows: Cell[][] = [];
  const targets: Target[] = [];
  for (const tests of steps) {
    say(`${tests} tests at once`);
    const found = new Map<System, { perSecond: number; times: readonly number[] }[]>();
    const taking = systems.filter(({ urls }) => urls.length >= tests);
    for (let round = 0; round <= count; round++) {
      for (const system of taking) {
        const done = await drive(context, { ...system, urls: system.urls.slice(0, tests) }, ms);
        // The first round warms up.
        if (round > 0) found.set(system, [...(found.get(system) ?? []), done]);
      }
    }
    const speeds = (system: System) => (found.get(system) ?? []).map(({ perSecond }) => perSecond);
    const compare = (system: System, other: System) => ratios(speeds(system), speeds(other));
    for (const system of taking) {
      const { p50, p99 } = overRounds((found.get(system) ?? []).map(({ times }) => summarize(times)));
      const toEmpty = system === long || system === short ? compare(system, empty) : "";
      const toWorkers = system !== workers && taking.includes(workers) ? compare(system, workers) : "";
      rows.push([tests, system.name, rounds(speeds(system)), p50, p99, toEmpty, toWorkers]);
    }
    if ([4, 16, 64].includes(tests)) {
      targets.push(
        atLeast(`advances of an hour per second, ${tests} tests / empty function's`, compare(long, empty), 0.65),
        atLeast(`advances of a minute per second, ${tests} tests / empty function's`, compare(short, empty), 0.8),
      );
    }
  }
  return {
    title: "Tests at once",
    tables: [
      {
        title: `testcase1, step ${STEP_SECONDS} s but where it is said, each test advanced again as soon as it has answered; ${ms / 1000} s a round`,
        rounds: count,
        head: [
          "tests",
          "system",
          "advances/s",
          "p50 ms",
          "p99 ms",
          "advances/s / those of empty",
          "advances/s / those of worker per test",
        ],
        rows,
      },
    ],
    notes: [
      "Worker per test: one process for each test over Redis pub/sub on a raw socket. It answers a step with one message each way and stores nothing, so on one machine it is the faster one; what dies with its process is gone.",
      "The host gives a call about a test to the process that worked on it last, which remembers it: nearly every advance is one round trip. Lambda takes any instance that is free; `WarmHits` and `WarmMisses` tell how often it was the right one.",
      "Ours commits every step to Redis over REST, with an append-only file behind it. Load, Redis REST server, S3 and SQS run on the same processors.",
    ],
    targets,
  };
}
