import type { Browser, Page } from "playwright-core";
import { openPage } from "../../../../page/support/browser.ts";
import { type Context, call, selectTests } from "../../context.ts";
import { rounds } from "../../stats.ts";
import { atLeast, type Table, type Target } from "../../table.ts";

/** Of a year, with a sample each 30 s. */
const HOURS = 365 * 24;
const FRAMES = ["disabled-by-default-devtools.timeline.frame", "devtools.timeline.frame"];

/** Moves all plots with each frame, to and fro, for so long. */
const move = (ms: number) => `new Promise((resolve) => {
  const plot = document.querySelector(".plot");
  const begun = performance.now();
  const next = () => {
    const past = performance.now() - begun;
    if (past > ${ms}) return resolve();
    plot.dispatchEvent(new WheelEvent("wheel", { deltaX: Math.sin(past / 300) * 24, cancelable: true, bubbles: true }));
    requestAnimationFrame(next);
  };
  next();
})`;

/** How smoothly the plots of a year move: temperature with its comfort limits, power, prices, weather. */
export async function panning(context: Context, browser: Browser, targets: Target[]): Promise<Table> {
  const [count, ms, hours] = context.quick ? [2, 1000, 24 * 30] : [5, 3000, HOURS];
  const cloud = await context.cloud();
  const [testid = ""] = await selectTests(cloud.url, 1);
  for (let done = 0; done < hours; done += 730) {
    context.say(`day ${done / 24} of the year`);
    await call(cloud.url, "POST", `/advance/${testid}`, Array(Math.min(730, hours - done)).fill({}));
  }
  const { page, context: visit } = await openPage(browser, cloud.url);
  await page.goto(`/#/tests/${testid}`);
  await page.getByRole("heading", { name: "Weather" }).waitFor();
  const rows = [];
  for (const [what, steps] of [
    ["the year", 0],
    ["a month of it", 4],
  ] as const) {
    for (let i = 0; i < steps; i++) await page.getByRole("button", { name: "Shorter" }).click();
    await page.waitForLoadState("networkidle");
    await page.evaluate(move(500));
    const found: number[] = [];
    for (let round = 0; round < count; round++) found.push(await framesPerSecond(page, browser, ms));
    targets.push(atLeast(`frames per second while ${what} moves`, rounds(found), 50));
    rows.push([what, rounds(found)]);
  }
  await visit.close();
  return {
    title: `${(hours * 120).toLocaleString("en")} samples of each point, moved for ${ms / 1000} s`,
    rounds: count,
    head: ["what moves", "frames/s"],
    rows,
  };
}

async function framesPerSecond(page: Page, browser: Browser, ms: number): Promise<number> {
  await browser.startTracing(page, { categories: FRAMES });
  await page.evaluate(move(ms));
  const trace = JSON.parse((await browser.stopTracing()).toString("utf8")) as {
    traceEvents: { name: string; ts: number }[];
  };
  const drawn = trace.traceEvents.filter(({ name }) => name === "DrawFrame").map(({ ts }) => ts);
  return (drawn.length - 1) / ((Math.max(...drawn) - Math.min(...drawn)) / 1e6);
}
