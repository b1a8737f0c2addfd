import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { openPage } from "../../../../page/support/browser.ts";
import { INPUTS } from "../../advance.ts";
import { type Context, selectTests } from "../../context.ts";
import { ratios, rounds } from "../../stats.ts";
import { atLeast, type Table, type Target } from "../../table.ts";

const WATCHERS = 20;

/** What a page asked for. */
interface Asked {
  /** ms after the first. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}

/** A test advanced as fast as it goes, in turns with watchers and without. */
export async function watchers(context: Context, browser: Browser, targets: Target[]): Promise<Table> {
  const [ms, count] = context.quick ? [3000, 2] : [12_000, 7];
  const cloud = await context.cloud();
  const [testid = ""] = await selectTests(cloud.url, 1);
  const drive = async (forMs: number) => {
    const order = { urls: [`${cloud.url}/advance/${testid}`], method: "POST", body: INPUTS } as const;
    const begun = performance.now();
    const { times } = await context.load.run({ ...order, until: { ms: forMs } });
    return times.length / ((performance.now() - begun) / 1000);
  };
  context.say("what a watching page asks for");
  const { page, context: visit } = await openPage(browser, cloud.url);
  await page.goto(`/#/tests/${testid}`);
  await page.getByRole("heading", { name: "Weather" }).waitFor();
  await page.waitForLoadState("networkidle");
  const asked: Asked[] = [];
  const begun = performance.now();
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    asked.push({ at: performance.now() - begun, method: request.method(), path, body: request.postData() });
  });
  await drive(ms);
  await visit.close();

  const found = { without: [] as number[], beside: [] as number[] };
  for (let round = 0; round < count; round++) {
    context.say(`round ${round + 1} of ${count}`);
    found.without.push(await drive(ms));
    const end = new AbortController();
    const watching = Array.from({ length: WATCHERS }, (_, i) =>
      watch(cloud.url, asked, ms, (i * ms) / WATCHERS, end.signal),
    );
    found.beside.push(await drive(ms));
    end.abort();
    await Promise.all(watching);
  }
  const ratio = ratios(found.beside, found.without);
  targets.push(atLeast(`advances/s of a test with ${WATCHERS} watchers / without`, ratio, 0.95));
  return {
    title: `One test, steps of an hour one after the other, for ${ms / 1000} s in turns; a watcher asks ${asked.length} times`,
    rounds: count,
    head: ["watchers", "advances/s", "with / without"],
    rows: [
      [0, rounds(found.without), ""],
      [WATCHERS, rounds(found.beside), ratio],
    ],
  };
}

/** Asks again and again as a page did that watched for so long, from some moment of that on. */
async function watch(url: string, asked: readonly Asked[], ms: number, from: number, end: AbortSignal): Promise<void> {
  const begun = performance.now() - from;
  const first = asked.filter(({ at }) => at >= from).map((each) => ({ ...each, due: begun + each.at }));
  const second = asked.filter(({ at }) => at < from).map((each) => ({ ...each, due: begun + ms + each.at }));
  for (const { due, method, path, body } of [...first, ...second]) {
    await sleep(Math.max(0, due - performance.now()), undefined, { signal: end }).catch(() => {});
    if (end.aborted) return;
    const headers = body === null ? {} : { "content-type": "application/json" };
    const response = await fetch(`${url}${path}`, { method, headers, body });
    await response.arrayBuffer();
  }
}
