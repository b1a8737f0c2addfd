import { setTimeout as sleep } from "node:timers/promises";
import { type Context, selectTests } from "../context.ts";
import { startStandalone } from "../standalone.ts";
import { ratios, rounds } from "../stats.ts";
import { drive, ours, stopTests, workerPerTest } from "../systems.ts";
import { atLeast, type Cell, type Section } from "../table.ts";
import { cpuOf, type Usage, usageOf } from "../usage.ts";

const ACTIVE = 64;

/** The cost of idle tests: their own, and their effect on active tests. */
export async function idle(context: Context): Promise<Section> {
  const { quick, say } = context;
  const [idleTests, workers, driveMs, count] = quick ? [100, 8, 500, 2] : [1000, ACTIVE, 3000, 9];
  const idling = quick ? { windows: 2, ms: 1000 } : { windows: 5, ms: 6000 };
  const tests = idleTests + ACTIVE;

  say("two clouds, one of them with idle tests");
  const [alone, crowded] = [await startStandalone(), await startStandalone()];
  context.defer(() => crowded.stop());
  context.defer(() => alone.stop());
  const [few, many] = [await ours(alone, ACTIVE), await ours(crowded, ACTIVE)];
  await selectTests(crowded.url, idleTests);

  say(`${ACTIVE} tests at work, with ${idleTests} idle ones beside them and without`);
  const [without, beside]: [number[], number[]] = [[], []];
  for (let round = 0; round <= count; round++) {
    const speeds = [await drive(context, few, driveMs), await drive(context, many, driveMs)];
    // The first round warms up.
    if (round > 0) [without, beside].forEach((list, i) => void list.push(speeds[i]?.perSecond ?? Number.NaN));
  }
  say("idle, beside no test at all");
  await stopTests(few);
  await sleep(idling.ms);
  const [none = [], resting = []] = await cpuOf([alone.pids, crowded.pids], idling);
  const each = resting.map((cpu, window) => (cpu - (none[window] ?? Number.NaN)) / tests);

  say(`${workers} worker processes`);
  const baseline = await workerPerTest(context, workers);
  await drive(context, baseline, driveMs);
  const [waiting = []] = await cpuOf([() => baseline.pids], idling);

  const percent = (cpus: readonly number[]) => rounds(cpus.map((cpu) => 100 * cpu));
  const row = (system: string, open: number, { processes, bytes }: Usage, cpus: readonly number[]): Cell[] => [
    system,
    open,
    processes,
    bytes / 1e6,
    percent(cpus),
  ];
  const ratio = ratios(beside, without);
  return {
    title: "What an idle test costs",
    tables: [
      {
        title: `All processes, database included; CPU in windows of ${idling.ms / 1000} s, the same ones with tests and without`,
        rounds: idling.windows,
        head: ["system", "tests", "processes", "MB", "CPU, % of a core"],
        rows: [
          row("ours, all tests stopped: what stands for AWS", 0, usageOf(alone.pids()), none),
          row("ours", tests, usageOf(crowded.pids()), resting),
          ["ours, each idle test: the difference by their number", 1, 0, "", percent(each)],
          row("worker per test", workers, usageOf(baseline.pids), waiting),
        ],
      },
      {
        title: `${ACTIVE} tests at work, in turns for ${driveMs / 1000} s each`,
        rounds: count,
        head: ["beside them", "advances/s", "with / without"],
        rows: [
          ["no test", rounds(without), ""],
          [`${idleTests} idle tests`, rounds(beside), ratio],
        ],
      },
    ],
    notes: [
      "Memory is the proportional set size: what processes share counts once. Ours includes what stands for Upstash, S3, SQS and API Gateway, and is what is left after the load above.",
      "An idle test is in Redis only: the part `scale` counts its keys and bytes. In AWS the functions are not there either while nothing is asked of them.",
    ],
    targets: [atLeast(`advances/s of ${ACTIVE} tests with ${idleTests} idle ones beside them / without`, ratio, 0.95)],
  };
}
