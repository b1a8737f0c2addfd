import type { Browser } from "playwright-core";
import { openPage } from "../../../../page/support/browser.ts";
import { type Context, call, selectTests } from "../../context.ts";
import { median } from "../../stats.ts";
import { atMost, type Table, type Target } from "../../table.ts";

const HOURS = 7 * 24;

/** Notes when the first plot has its samples: its legend tells a value then. */
const NOTE = `globalThis.firstPlotMs = new Promise((resolve) => {
  const look = () => {
    const value = document.querySelector('[aria-label="Zone temperature"] .legend output')?.textContent ?? "";
    if (/\\d/.test(value)) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})`;

/** How soon a test with a week of results is seen. */
export async function firstPlot(context: Context, browser: Browser, targets: Target[]): Promise<Table> {
  const loads = context.quick ? 3 : 10;
  const cloud = await context.cloud();
  const [testid = ""] = await selectTests(cloud.url, 1);
  await call(cloud.url, "POST", `/advance/${testid}`, Array(HOURS).fill({}));
  const times: number[] = [];
  for (let i = 0; i <= loads; i++) {
    context.say(`load ${i} of ${loads}`);
    const { page, context: visit } = await openPage(browser, cloud.url);
    await page.addInitScript(NOTE);
    await page.goto(`/#/tests/${testid}`);
    const ms = (await page.evaluate("globalThis.firstPlotMs")) as number;
    // The first load warms up browser and service.
    if (i > 0) times.push(ms);
    await visit.close();
  }
  targets.push(atMost("first plot of a test with a week of results, p50, ms", median(times), 1000));
  return {
    title: "A test with a week of results, opened",
    head: ["loads", "p50 ms", "lowest", "highest"],
    rows: [[loads, median(times), Math.min(...times), Math.max(...times)]],
  };
}
