import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import { INPUTS } from "./advance.ts";
import { type Baseline, startBaseline } from "./baseline/start.ts";
import { type Context, call, selectTests } from "./context.ts";
import { startEmptyCloud } from "./empty/cloud.ts";

/** A system that advances tests over HTTP. */
export interface System {
  readonly name: string;
  /** URLs; each advances one test. */
  readonly urls: readonly string[];
}

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

/** A worker process per test, with or without the memory settings of the service's own processes. */
export async function workerPerTest(
  context: Context,
  tests: number,
  { isLean = false } = {},
): Promise<System & Baseline> {
  const baseline = await startBaseline(tests, isLean);
  context.defer(() => baseline.stop());
  const testids = await selectTests(baseline.url, tests);
  return { ...baseline, name: "worker per test", urls: testids.map((id) => `${baseline.url}/advance/${id}`) };
}

export async function stopTests({ urls }: System): Promise<void> {
  for (const url of urls) await call(url.replace("/advance/", "/stop/"), "PUT", "");
}

/** How many advances a system makes in a time, and the time of each. */
export async function drive(context: Context, { urls }: System, ms: number) {
  const done = await context.load.run({ urls, method: "POST", body: INPUTS, until: { ms } });
  return { perSecond: (1000 * done.times.length) / done.tookMs, times: done.times };
}
