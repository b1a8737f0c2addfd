import { type Context, selectTests } from "../context.ts";
import { startStandalone } from "../standalone.ts";
import { median, summarize } from "../stats.ts";
import { drive, idleUsage, ours, workerPerTest } from "../systems.ts";
import { atLeast, type Section } from "../table.ts";
import { type Usage, usageOf } from "../usage.ts";

const ACTIVE = 64;

/** What tests cost while nobody advances them, and while 64 of them are advanced. */
export async function idle(context: Context): Promise<Section> {
  const { quick, say } = context;
  const [idleTests, workers, driveMs, idleMs, rounds] = quick
    ? [200, 16, 500, 2000, 3]
    : [1000, ACTIVE, 3000, 10_000, 9];

  say("two clouds, one of them with idle tests");
  const [alone, crowded] = [await startStandalone(), await startStandalone()];
  context.defer(() => crowded.stop());
  context.defer(() => alone.stop());
  const [few, many] = [await ours(alone, ACTIVE), await ours(crowded, ACTIVE)];
  const nothing = await idleUsage(alone.pids, idleMs);
  await selectTests(crowded.url, idleTests);
  const selects = await selectTimes(context, alone.url);

  say(`${ACTIVE} tests at work, with ${idleTests} idle ones beside them and without`);
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const without = await drive(context, few, driveMs);
    const beside = await drive(context, many, driveMs);
    if (round > 0) ratios.push(beside.perSecond / without.perSecond);
  }
  const working = usageOf(alone.pids());
  say("idle");
  const resting = await idleUsage(crowded.pids, idleMs);

  say(`${workers} worker processes`);
  // One more, for the test that is selected below.
  const baseline = await workerPerTest(context, workers, { spare: 1 });
  const baselineSelects = await selectTimes(context, baseline.url, 1);
  await drive(context, baseline, driveMs);
  const busy = usageOf(baseline.pids);
  const waiting = await idleUsage(() => baseline.pids, idleMs);

  const row = (system: string, tests: number, usage: Usage & { readonly cpu?: number }, isEach: boolean) => [
    system,
    tests,
    usage.processes,
    usage.bytes / 1e6,
    isEach ? usage.bytes / 1e6 / tests : "",
    usage.cpu === undefined ? "" : 100 * usage.cpu,
  ];
  return {
    title: "What a test costs",
    tables: [
      {
        title: "All processes, database included",
        head: ["system", "tests", "processes", "MB", "MB per test", "CPU, % of a core"],
        rows: [
          row(`ours, ${ACTIVE} idle, none advanced yet`, ACTIVE, nothing, false),
          row(`ours, right after ${ACTIVE} were advanced`, ACTIVE, working, false),
          row("ours, idle", idleTests + ACTIVE, resting, false),
          row("worker per test, right after they were advanced", workers, busy, true),
          row("worker per test, idle", workers, waiting, true),
        ],
      },
      {
        title: "Select, until the test can be used; ms",
        head: ["system", "p50", "p99"],
        rows: [
          ["ours", selects.p50, selects.p99],
          ["worker per test, where a worker waits", baselineSelects.p50, baselineSelects.p99],
        ],
      },
    ],
    notes: [
      "Memory is the proportional set size: what processes share counts once. Ours includes what stands for Upstash, S3, SQS and API Gateway.",
      "An idle test is in Redis only: its keys and bytes are below. In AWS the functions are not there either while nothing is asked of them.",
    ],
    targets: [
      atLeast(`advances/s of ${ACTIVE} tests with ${idleTests} idle ones beside them / without`, median(ratios), 0.95),
    ],
  };
}

async function selectTimes({ load }: Context, url: string, calls = 50) {
  const urls = [`${url}/testcases/testcase1/select`];
  return summarize((await load.run({ urls, method: "POST", body: {}, until: { calls } })).times);
}
