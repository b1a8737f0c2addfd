import { readFileSync } from "node:fs";
import type { Page, Request } from "playwright-core";
import { describe, expect, it } from "vitest";
import { until } from "../../support/cloud.ts";
import { costOf } from "../../support/cost.ts";
import { violations } from "../support/browser.ts";
import { kpiOf, type Scene, untilTime } from "../support/scene.ts";

/** A machine at other work may take long. */
const SLOW = { timeout: 60_000 };

export function live({ call, cloud, open, selectTest, wrong }: Scene): void {
  describe("from the start", () => {
    it("to a finished day and its KPIs, and further by hand", async () => {
      const page = await open("/");
      await page.getByRole("button", { name: "Start a test of testcase1" }).click();
      await page.getByRole("heading", { name: "Zone temperature" }).waitFor();
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await untilTime(page, 86_400);
      // The page asks for KPIs after it shows the time.
      await expect.poll(async () => Number(await kpiOf(page, "ener_tot")), SLOW).toBeGreaterThan(0);
      const energy = await kpiOf(page, "ener_tot");
      expect(page.url()).toMatch(/#\/tests\/[0-9a-f-]{36}$/);

      // By hand: the input is in force, and costs energy.
      await page.getByRole("radio", { name: "By hand" }).check();
      await page.getByRole("slider").fill("3000");
      await page.getByRole("button", { name: /^Step/ }).click();
      await untilTime(page, 87_300);
      const testid = page.url().slice(-36);
      expect((await call("GET", `/points/${testid}`)).payload).toMatchObject({ oveAct_u: 3000, oveAct_activate: 1 });
      await expect.poll(() => kpiOf(page, "ener_tot"), SLOW).not.toBe(energy);

      await page.getByRole("button", { name: /^Release/ }).click();
      await page.getByRole("button", { name: /^Step/ }).click();
      await untilTime(page, 88_200);
      expect((await call("GET", `/points/${testid}`)).payload).toMatchObject({ oveAct_activate: 0 });

      // Any point can be added, and the window chosen: the service is asked for what is shown.
      await page.getByLabel("Plot another point").selectOption("CO2RooAir_y");
      const asked = page.waitForRequest(
        (request) => /results/.test(request.url()) && request.postDataJSON().start_time > 0,
      );
      for (let i = 0; i < 2; i++) await page.getByRole("button", { name: "Shorter" }).click();
      expect((await asked).postDataJSON().points).toBeLessThanOrEqual(2400);

      // All plots tell their values where the pointer is.
      const outdoors = page.getByRole("region", { name: "Weather" }).locator("output");
      const now = await outdoors.textContent();
      await page.getByRole("img", { name: /^Zone temperature/ }).hover();
      await page.locator("output.at", { hasText: /^1 Jan, / }).waitFor();
      expect(await outdoors.textContent()).not.toBe(now);

      for (const [kind, read] of [
        ["CSV", (text: string) => text.split("\n")[0]?.split(",")],
        ["JSON", (text: string) => Object.keys(JSON.parse(text).results)],
      ] as const) {
        const download = page.waitForEvent("download");
        await page.getByRole("button", { name: kind }).click();
        const names = read(readFileSync(await (await download).path(), "utf8"));
        expect(names, kind).toEqual(expect.arrayContaining(["time", "TRooAir_y", "oveAct_u", "oveAct_activate"]));
      }

      // What was done is shown as a program. A reload loses nothing.
      const isAsBefore = async () => {
        await untilTime(page, 88_200);
        await page.getByText("What you just did").click();
        expect(await page.locator("pre").textContent()).toContain(`requests.post(f"{url}/advance/${testid}"`);
        await page.getByRole("region", { name: "CO2RooAir_y" }).waitFor();
        expect(await page.getByRole("button", { name: "All" }).getAttribute("aria-pressed")).toBe("false");
        expect(await page.getByRole("radio", { name: "By hand" }).isChecked()).toBe(true);
        await page.locator("[data-kpi=ener_tot] .spark").waitFor();
      };
      await isAsBefore();
      await page.reload();
      await isAsBefore();

      // It is stopped by who says so twice.
      await page.getByRole("button", { name: "Stop this test" }).click();
      await page.getByRole("button", { name: "Let it go on" }).click();
      expect((await call("GET", `/points/${testid}`)).status).toBe(200);
      await page.getByRole("button", { name: "Stop this test" }).click();
      await page.getByRole("button", { name: "Stop it" }).click();
      await page.getByRole("heading", { name: "Test cases" }).waitFor();
      expect((await call("GET", `/points/${testid}`)).status).toBe(400);
      expect(await page.getByRole("heading", { name: "Your tests" }).count()).toBe(0);
      // A question about the test may have been on its way when it was stopped: the browser notes the answer.
      for (const each of wrong()) each.splice(0, each.length, ...each.filter((line) => !/status of 400/.test(line)));
      expect(await page.evaluate(`Object.keys(localStorage).filter((key) => key.includes("${testid}"))`)).toEqual([]);
    });

    it("by keyboard alone, which sees where it is", async () => {
      const page = await open("/");
      await page.getByRole("button", { name: "Start a test of testcase1" }).waitFor();
      await tabTo(page, "Start a test");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Step 15 min", disabled: false }).waitFor();
      await tabTo(page, "Built-in");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      await tabTo(page, "Heater/Cooler thermal power");
      for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
      await tabTo(page, "Step");
      await page.keyboard.press("Enter");
      await untilTime(page, 900);
      await page.getByRole("button", { name: "Step 15 min", disabled: false }).waitFor();
      await page.keyboard.press("Enter");
      await untilTime(page, 1800);
      // From nothing in the middle of -10 to 10 kW, in steps of a two hundredth.
      const { payload } = await call("GET", `/points/${page.url().slice(-36)}`);
      expect(payload).toMatchObject({ oveAct_u: 500, oveAct_activate: 1 });
    });

    it("by the service itself, which the page shows and pauses", async () => {
      const testid = await selectTest();
      await call("PUT", `/step/${testid}`, { body: { step: 60 } });
      const page = await open(`/#/tests/${testid}`);
      await page.getByText("Run by itself").click();
      await page.getByLabel("How fast it runs by itself").selectOption({ label: "60 times real time" });
      await page.getByRole("button", { name: "Let it run" }).click();
      await page.getByText(/^Running, × 60\. [1-9]\d* steps/).waitFor();
      // What is set meanwhile holds from the next step.
      expect(await page.getByRole("button", { name: /^Step/ }).isDisabled()).toBe(true);
      await page.getByRole("radio", { name: "By hand" }).check();
      await page.getByRole("slider").fill("3000");
      await until("a step that takes the input", async () => {
        const { oveAct_u, oveAct_activate } = (await call<Record<string, number>>("GET", `/points/${testid}`)).payload;
        return oveAct_u === 3000 && oveAct_activate === 1 ? true : undefined;
      });
      await page.getByRole("button", { name: "Pause the run" }).click();
      await page.getByText(/^A client has paused it\. \d+ steps/).waitFor();
      const { payload } = await call<{ time: number; steps: number }>("GET", `/tests/${testid}/run`);
      expect(payload.time).toBe(60 * payload.steps);
      await untilTime(page, payload.time);
      expect(await violations(page)).toEqual([]);
    });

    it("with a proportional controller, whose power is in proportion to the error", async () => {
      const page = await open("/");
      await page.getByRole("button", { name: "Start a test of testcase3" }).click();
      await page.getByRole("radio", { name: "Proportional" }).check();
      await page.getByLabel(/^Gain/).fill("500");
      await page.getByLabel(/^Gain/).blur();
      await page.getByLabel("How long to run").selectOption({ label: "1 hour" });
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await untilTime(page, 3600);
      const testid = page.url().slice(-36);
      const points = ["TRooAirSou_y", "oveActSou_u", "oveActSou_activate", "TRooAirNor_y", "oveActNor_u"];
      const body = { point_names: points, start_time: 900, final_time: 3600 };
      const { payload } = await call<Record<string, number[]>>("PUT", `/results/${testid}`, { body });
      expect(payload.oveActSou_activate?.every((value) => value === 1)).toBe(true);
      // The input of a step follows from the temperature at its beginning. In the north zone comfort begins at 21 °C.
      const at = (name: string, time: number) => payload[name]?.[payload.time?.indexOf(time) ?? -1] ?? Number.NaN;
      const zones = [
        ["TRooAirSou_y", "oveActSou_u", 293.15],
        ["TRooAirNor_y", "oveActNor_u", 294.15],
      ] as const;
      for (const [temperature, input, lower] of zones) {
        const before = at(temperature, 2700);
        const error = Math.max(lower - before, 0) + Math.min(lower + 3 - before, 0);
        expect(at(input, 3600)).toBeCloseTo(500 * error, 6);
      }
      // Where zones differ, each has a comfort band of its own.
      const legend = page.getByRole("region", { name: "Zone temperature" }).getByRole("list");
      await legend.getByText(/^Comfort, zone South, upper 23$/).waitFor();
      await legend.getByText(/^Comfort, zone North, upper 24$/).waitFor();
    });
  });

  describe("a test that somebody else drives", () => {
    it("is watched live, at one Redis command a second at most, and none while nobody looks", async () => {
      const testid = await selectTest();
      await call("PUT", `/step/${testid}`, { body: { step: 3600 } });
      const page = await open(`/#/tests/${testid}`, { hasClock: true });
      await untilTime(page, 0);
      // From here on the page's time goes on only in `pass`.
      await page.clock.pauseAt(Date.now() + 3_600_000);
      const asked: string[] = [];
      const waiting = new Set<Request>();
      /** Where the samples begin that were asked for. */
      const begins: unknown[] = [];
      page.on("request", (request) => {
        waiting.add(request);
        if (/results/.test(request.url())) begins.push(request.postDataJSON().start_time);
      });
      page.on("requestfinished", async (request) => {
        asked.push(`${(await request.response())?.status()} ${new URL(request.url()).pathname.split("/")[1]}`);
        waiting.delete(request);
      });
      const pass = async (seconds: number) => {
        for (let i = 0; i < 2 * seconds; i++) {
          await page.clock.runFor(500);
          await until("the page to be answered", () => (waiting.size === 0 ? true : undefined));
        }
      };
      await call("POST", `/advance/${testid}`, { body: {} });
      const isShown = async () =>
        (await page.locator("[data-time='3600']").count()) === 1 && (await kpiOf(page, "tdis_tot"));
      await until("the page to show it", async () => {
        await pass(1);
        return (await isShown()) || undefined;
      });
      await until("one question after the other whether anything has changed", async () => {
        asked.length = 0;
        await pass(5);
        return asked.every((each) => each === "304 points") && asked.length > 0 ? true : undefined;
      });
      asked.length = 0;
      const { commands } = await costOf(cloud(), () => pass(20));
      expect(commands).toBeLessThanOrEqual(20);
      expect(asked.length).toBeGreaterThan(4);

      const away = (hidden: boolean) =>
        page.evaluate(
          `Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`,
        );
      await away(true);
      const hidden = await costOf(cloud(), () => pass(20));
      expect(hidden.commands).toBe(0);
      await call("POST", `/advance/${testid}`, { body: {} });
      await away(false);
      await until("the page to show it", async () => {
        await pass(1);
        return (await page.locator("[data-time='7200']").count()) === 1 ? true : undefined;
      });
      // Of a test that goes on, only what is new is read.
      await until("the page to ask for what came after it last looked", async () => {
        await pass(1);
        return begins.at(-1) === 3600 ? true : undefined;
      });

      // Of one that goes on so fast that nobody sees its steps, only the time and the current values, until it rests.
      await until("the page to find that it rests", async () => {
        asked.length = 0;
        await pass(3);
        return asked.every((each) => each === "304 points") && asked.length > 0 ? true : undefined;
      });
      await call("POST", `/advance/${testid}`, { body: Array(100).fill({}) });
      asked.length = 0;
      await until("the page to show it", async () => {
        await pass(1);
        return (await page.locator("[data-time='367200']").count()) === 1 ? true : undefined;
      });
      expect(asked.filter((each) => !each.startsWith("304"))).toEqual(["200 points"]);
      await until("the page to read what came meanwhile", async () => {
        await pass(1);
        return begins.at(-1) === 7200 ? true : undefined;
      });
      expect(asked.indexOf("304 points")).toBeLessThan(asked.indexOf("200 results"));
    });

    it("that there is not is said to be gone", async () => {
      const page = await open("/#/tests/5b4bd3f5-6ba0-4a3b-8d6c-7a9f0e2f1c11");
      await page.getByText("There is no such test.").waitFor();
      // The browser itself notes an answer of 400 in the console.
      expect(
        wrong()
          .flat()
          .every((each) => /status of 400/.test(each)),
      ).toBe(true);
      for (const each of wrong()) each.length = 0;
    });
  });

  describe("for everybody", () => {
    it("axe-core finds nothing wrong, and nothing is too wide: on a screen and a phone, light and dark", async () => {
      const testid = await selectTest();
      await call("POST", `/advance/${testid}`, { body: { oveAct_u: 1000, oveAct_activate: 1 } });
      const page = await open("/");
      const start = page.getByRole("button", { name: "Start a test of testcase1" });
      await start.waitFor();
      await page.goto(`/#/tests/${testid}`);
      await page.getByRole("heading", { name: "Weather" }).waitFor();
      await page.getByRole("radio", { name: "By hand" }).check();
      await page.locator("summary", { hasText: "Step and scenario" }).click();
      await page.getByRole("button", { name: "Stop this test" }).click();
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          expect(await violations(page), `${width} ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      }
      await untilTime(page, 60);
      await page.getByRole("link", { name: /^boptest/ }).click();
      await start.waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page), colorScheme).toEqual([]);
      }
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    });
  });
}

/** Presses Tab until something of that name has the focus. @throws Error if it is not reached, or a place is not to be seen */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let left = 40; left > 0; left--) {
    await page.keyboard.press("Tab");
    const at = (await page.evaluate(`(() => {
      const { activeElement: here } = document;
      // A radio button is drawn by what follows it.
      const shown = here.type === "radio" ? here.nextElementSibling : here;
      const text = here.labels?.[0]?.textContent || here.getAttribute("aria-label") || here.textContent;
      return { text: text.trim(), outline: getComputedStyle(shown).outlineStyle };
    })()`)) as { text: string; outline: string };
    expect(at.outline, `the focus on ${at.text}`).toBe("solid");
    if (at.text.startsWith(name)) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}
