import { setTimeout as sleep } from "node:timers/promises";
import type { Cloud } from "../../infra/local/cloud.ts";
import { type Baseline, startBaseline } from "./baseline/start.ts";
import { type Context, selectTests } from "./context.ts";
import { startEmptyCloud } from "./empty/cloud.ts";
import { type Usage, usageOf } from "./usage.ts";

/** Something that advances tests over HTTP. */
export interface System {
  readonly name: string;
  /** URLs that advance one test each. */
  readonly urls: readonly string[];
}

export const BODY = { oveAct_u: 500, oveAct_activate: 1 };

export async function ours({ url }: Pick<Cloud, "url">, tests: number, stepSeconds?: number): Promise<System> {
  const testids = await selectTests(url, tests, stepSeconds);
  const name = stepSeconds === undefined ? "ours" : `ours, steps of ${stepSeconds} s`;
  return { name, urls: testids.map((id) => `${url}/advance/${id}`) };
}

export async function emptyHost(context: Context, tests: number): Promise<System> {
  const cloud = await startEmptyCloud();
  context.defer(() => cloud.stop());
  const urls = Array.from({ length: tests }, (_, i) => `${cloud.url}/advance/${i}`);
  return { name: "empty", urls };
}

/** A worker process for each test, and for so many others that nobody has selected yet; lean as our own are, or not. */
export async function workerPerTest(
  context: Context,
  tests: number,
  { spare = 0, isLean = false } = {},
): Promise<System & Baseline> {
  const baseline = await startBaseline(tests + spare, isLean);
  context.defer(() => baseline.stop());
  const testids = await selectTests(baseline.url, tests);
  return { ...baseline, name: "worker per test", urls: testids.map((id) => `${baseline.url}/advance/${id}`) };
}

/** How many advances a system does in a time, and how long each takes. */
export async function drive(context: Context, { urls }: System, ms: number) {
  const done = await context.load.run({ urls, method: "POST", body: BODY, until: { ms } });
  return { perSecond: (1000 * done.times.length) / done.tookMs, times: done.times };
}

/** What processes take while nobody asks anything of them: at the end of some seconds. CPU as part of one core. */
export async function idleUsage(pids: () => readonly number[], ms: number): Promise<Usage & { readonly cpu: number }> {
  const before = usageOf(pids());
  await sleep(ms);
  const after = usageOf(pids());
  return { ...after, cpu: Math.max(0, (after.cpuSeconds - before.cpuSeconds) / (ms / 1000)) };
}
