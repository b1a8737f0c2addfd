import { describe, expect, it } from "vitest";
import { until } from "../../support/cloud.ts";
import { costOf } from "../../support/cost.ts";
import { violations } from "../support/browser.ts";
import { kpiOf, type Scene, untilTime } from "../support/scene.ts";

export function live({ call, cloud, open, selectTest, wrong }: Scene): void {
  describe("from the start", () => {
    it("to a finished day and its KPIs, and further by hand", async () => {
      const page = await open("/");
      await page.getByRole("button", { name: "Start a test of testcase1" }).click();
      await page.getByRole("heading", { name: "Zone temperature" }).waitFor();
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await untilTime(page, 86_400);
      // The page asks for KPIs after it shows the time.
      await expect.poll(async () => Number(await kpiOf(page, "ener_tot"))).toBeGreaterThan(0);
      const energy = await kpiOf(page, "ener_tot");
      expect(page.url()).toMatch(/#\/tests\/[0-9a-f-]{36}$/);

      // By hand: the input is in force, and costs energy.
      await page.getByRole("radio", { name: "By hand" }).check();
      await page.getByRole("slider").fill("3000");
      await page.getByRole("button", { name: /^Step/ }).click();
      await untilTime(page, 87_300);
      const testid = page.url().slice(-36);
      expect((await call("GET", `/points/${testid}`)).payload).toMatchObject({ oveAct_u: 3000, oveAct_activate: 1 });
      await expect.poll(() => kpiOf(page, "ener_tot")).not.toBe(energy);

      await page.getByRole("button", { name: /^Release/ }).click();
      await page.getByRole("button", { name: /^Step/ }).click();
      await untilTime(page, 88_200);
      expect((await call("GET", `/points/${testid}`)).payload).toMatchObject({ oveAct_activate: 0 });

      // What was done is shown as a program; the test is found again after a reload.
      await page.getByText("What you just did").click();
      expect(await page.locator("pre").textContent()).toContain(`requests.post(f"{url}/advance/${testid}"`);
      await page.reload();
      await untilTime(page, 88_200);
      expect(await page.getByRole("radio", { name: "By hand" }).isChecked()).toBe(true);
      await page.getByRole("link", { name: /^boptest/ }).click();
      await page.getByRole("heading", { name: "Your tests" }).waitFor();
    });

    it("by the service itself, which the page shows and pauses", async () => {
      const testid = await selectTest();
      await call("PUT", `/step/${testid}`, { body: { step: 60 } });
      const page = await open(`/#/tests/${testid}`);
      await page.getByText("Run by itself").click();
      await page.getByLabel("How fast it runs by itself").selectOption({ label: "600 times real time" });
      await page.getByRole("button", { name: "Let it run" }).click();
      await page.getByText(/^Running, × 600\. [1-9]\d* steps/).waitFor();
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
    });
  });

  describe("a test that somebody else drives", () => {
    it("is watched live, at one Redis command a second at most, and none while nobody looks", async () => {
      const testid = await selectTest();
      await call("PUT", `/step/${testid}`, { body: { step: 3600 } });
      const page = await open(`/#/tests/${testid}`);
      await page.locator("[data-time='0']").waitFor();
      await call("POST", `/advance/${testid}`, { body: {} });
      await untilTime(page, 3600);
      await until("the KPIs to be those of now", async () =>
        (await kpiOf(page, "tdis_tot")) === null ? undefined : true,
      );
      // Let what is asked after a change come to an end, then count.
      const asked: string[] = [];
      page.on("response", (response) =>
        asked.push(`${response.status()} ${new URL(response.url()).pathname.split("/")[1]}`),
      );
      await until("one question after the other whether anything has changed", async () => {
        asked.length = 0;
        await page.waitForTimeout(3000);
        return asked.every((each) => each === "304 points") && asked.length > 0 ? true : undefined;
      });
      const before = asked.length;
      const { commands } = await costOf(cloud(), () => page.waitForTimeout(5500));
      expect(commands).toBeLessThanOrEqual(6);
      expect(asked.length).toBeGreaterThan(before);

      const away = (hidden: boolean) =>
        page.evaluate(
          `Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`,
        );
      await away(true);
      await page.waitForTimeout(200);
      const hidden = await costOf(cloud(), () => page.waitForTimeout(2500));
      expect(hidden.commands).toBe(0);
      await call("POST", `/advance/${testid}`, { body: {} });
      await away(false);
      await untilTime(page, 7200);
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
    it.each([
      { width: 1440, dark: false },
      { width: 1440, dark: true },
      { width: 390, dark: false },
      { width: 390, dark: true },
    ])("axe-core finds nothing wrong, and nothing is too wide: %o", async (look) => {
      const testid = await selectTest();
      await call("POST", `/advance/${testid}`, { body: { oveAct_u: 1000, oveAct_activate: 1 } });
      const page = await open("/", look);
      await page.getByRole("button", { name: "Start a test of testcase1" }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.goto(`/#/tests/${testid}`);
      await page.getByRole("heading", { name: "Weather" }).waitFor();
      await page.getByRole("radio", { name: "By hand" }).check();
      await page.locator("summary", { hasText: "Step and scenario" }).click();
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(look.width);
      await untilTime(page, 60);
    });
  });
}
