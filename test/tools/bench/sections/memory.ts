import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { startStandalone } from "../standalone.ts";
import { median } from "../stats.ts";
import { drive, ours, type System, workerPerTest } from "../systems.ts";
import { atMost, type Section } from "../table.ts";
import { usageOf } from "../usage.ts";

const TESTS = 64;
const SAMPLES = 5;

interface Measured {
  readonly processes: number;
  readonly bytes: number;
}

/** The memory of all processes while so many tests are advanced, each again as soon as it has answered. */
export async function memory(context: Context): Promise<Section> {
  const { quick, say } = context;
  const [workers, ms] = quick ? [16, 600] : [TESTS, 4000];

  say(`${TESTS} tests at work`);
  const alone = await startStandalone();
  context.defer(() => alone.stop());
  const own = await whileAtWork(context, await ours(alone, TESTS), alone.pids, ms);

  const baselines: Measured[] = [];
  for (const isLean of [false, true]) {
    say(`${workers} worker processes${isLean ? ", lean" : ""}`);
    const baseline = await workerPerTest(context, workers, { isLean });
    baselines.push(await whileAtWork(context, baseline, () => baseline.pids, ms));
    await baseline.stop();
  }
  const [plain, lean] = baselines.map(({ bytes }) => (bytes / workers) * TESTS);
  const ratio = (bytes = Number.NaN) => own.bytes / bytes;

  const row = (system: string, tests: number, { processes, bytes }: Measured, of?: number) => [
    system,
    tests,
    processes,
    bytes / 1e6,
    bytes / 1e6 / tests,
    of === undefined ? "" : ratio(of),
  ];
  return {
    title: "Memory",
    tables: [
      {
        title: "All processes, database included, while all tests are advanced, step 3600 s",
        head: ["system", "tests", "processes", "MB", "MB per test", `ours / theirs, ${TESTS} tests`],
        rows: [
          row("ours", TESTS, own),
          ...baselines.map((each, i) =>
            row(`worker per test${i === 0 ? "" : ", lean"}`, workers, each, [plain, lean][i]),
          ),
        ],
      },
    ],
    notes: [
      "Memory is the proportional set size: what processes share counts once. Ours includes what stands for Upstash, S3, SQS and API Gateway.",
      "A worker is a plain Node.js program, run as it was written. A lean one is bundled and has the settings for memory of our own processes: nothing in the pattern needs more than that.",
    ],
    targets: [atMost(`memory with ${TESTS} tests / that of ${TESTS} worker processes`, ratio(plain), 0.1)],
  };
}

async function whileAtWork(
  context: Context,
  system: System,
  pids: () => readonly number[],
  ms: number,
): Promise<Measured> {
  await drive(context, system, ms);
  const driving = drive(context, system, ms);
  const samples: Measured[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    await sleep(ms / (SAMPLES + 1));
    samples.push(usageOf(pids()));
  }
  await driving;
  return {
    processes: samples.at(-1)?.processes ?? 0,
    bytes: median(samples.map(({ bytes }) => bytes)),
  };
}
