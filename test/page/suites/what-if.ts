import { describe, expect, it } from "vitest";
import { until } from "../../support/cloud.ts";
import { violations } from "../support/browser.ts";
import { type Scene, startTest, untilTime } from "../support/scene.ts";

export function whatIf({ call, open }: Scene): void {
  describe("two controllers", () => {
    it("are compared over the same stretch by one press; a link shows the same to somebody else", async () => {
      const page = await open("/");
      const testid = await startTest(page, "testcase1");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await untilTime(page, 86_400);
      await page.getByRole("button", { name: "Compare with proportional" }).click();
      const row = page.getByRole("row", { name: /^Thermal discomfort/ });
      await row.waitFor({ timeout: 60_000 });
      const twin = page.url().slice(-36);
      expect(page.url()).toContain(`#/compare/${testid},${twin}`);
      // Both have come equally far, from the same beginning; the one holds the comfort band, the other does not.
      const kpis = async (id: string) => (await call<Record<string, number>>("GET", `/kpi/${id}`)).payload;
      const [one, other] = [await kpis(testid), await kpis(twin)];
      expect(other.tdis_tot).toBeLessThan((one.tdis_tot ?? 0) / 2);
      expect((await call<{ time: number }>("GET", `/points/${twin}`)).payload.time).toBe(86_400);
      expect(await row.locator("td.best").textContent()).toBe(String(Number(other.tdis_tot?.toPrecision(4))));
      expect(await violations(page)).toEqual([]);

      // The other one can be compared further.
      await page.getByRole("link", { name: "Proportional" }).click();
      await page.getByRole("button", { name: "Compare with built-in", disabled: false }).waitFor();

      const somebody = await open(`/#/compare/${testid},${twin}`, { width: 390, dark: true, hasClock: true });
      await somebody.getByRole("row", { name: /^Thermal discomfort/ }).waitFor();
      expect(await violations(somebody)).toEqual([]);
      expect(await somebody.evaluate("document.documentElement.scrollWidth")).toBe(390);

      // A test that goes on is read again, of itself.
      await call("POST", `/advance/${twin}`, { body: {} });
      const shown = somebody
        .getByRole("row", { name: /^Energy/ })
        .getByRole("cell")
        .last();
      await until("the comparison to show it", async () => {
        await somebody.clock.runFor(1000);
        const { ener_tot } = await kpis(twin);
        return (await shown.textContent()) === String(Number(ener_tot?.toPrecision(4))) ? true : undefined;
      });
    });
  });

  describe("what if", () => {
    it("plans are tried without moving the test, and one is applied", async () => {
      const page = await open("/");
      const testid = await startTest(page, "testcase1");
      // The test's step comes late, after the form was filled in: what was typed stays.
      let letThrough = () => {};
      const filledIn = new Promise<void>((resolve) => (letThrough = resolve));
      await page.route(`**/step/${testid}`, async (route) => {
        await filledIn;
        await route.continue();
      });
      await page.reload();
      await page.getByRole("link", { name: "What if" }).click();
      await page.getByLabel("How many").fill("3");
      await page.getByLabel("For, hours").fill("2");
      expect(await page.getByRole("button", { name: "Try", exact: true }).isDisabled()).toBe(true);
      letThrough();
      await page.getByRole("button", { name: "Try", exact: true }).click();
      // The built-in control, and 0 kW, 1.5 kW, 3 kW.
      const plans = page.getByRole("radio", { name: /kW$|^Built-in$/ });
      await plans.nth(3).waitFor();
      expect(await plans.count()).toBe(4);
      expect((await call<{ time: number }>("GET", `/points/${testid}`)).payload.time).toBe(0);
      await page.getByRole("radio", { name: "1.5 kW" }).check();
      // A reload loses neither the plans nor the choice.
      await page.reload();
      await plans.nth(3).waitFor();
      expect(await page.getByRole("radio", { name: "1.5 kW" }).isChecked()).toBe(true);
      expect(await page.getByLabel("How many").inputValue()).toBe("3");
      const energy = await page
        .getByRole("row", { name: /^1.5 kW/ })
        .getByRole("cell")
        .last()
        .textContent();
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Apply the chosen plan" }).click();
      await untilTime(page, 7200);
      // Taking the steps comes to what trying them said.
      expect((await call("GET", `/points/${testid}`)).payload).toMatchObject({ oveAct_u: 1500, oveAct_activate: 1 });
      const { ener_tot } = (await call<Record<string, number>>("GET", `/kpi/${testid}`)).payload;
      expect(Number(energy)).toBeCloseTo(ener_tot ?? 0, 3);
    });
  });

  describe("checkpoints", () => {
    it("are gone back to, and forked from; the tree of forks is shown", async () => {
      const page = await open("/");
      const testid = await startTest(page, "testcase1");
      await page.getByRole("button", { name: /^Step/ }).click();
      await untilTime(page, 900);
      await page.locator("summary", { hasText: "Checkpoints" }).click();
      await page.getByLabel("Name of the checkpoint").fill("here");
      await page.getByRole("button", { name: "Keep" }).click();
      await page.getByRole("button", { name: "Go back to here" }).waitFor();
      await page.getByRole("button", { name: /^Step/ }).click();
      await untilTime(page, 1800);
      await page.getByRole("button", { name: "Go back to here" }).click();
      await untilTime(page, 900);
      await page.getByRole("button", { name: "Fork from here" }).click();
      await page.waitForURL((url) => !url.href.includes(testid));
      await untilTime(page, 900);
      await page.locator("summary", { hasText: "Checkpoints" }).click();
      await page.getByRole("link", { name: "From here" }).waitFor();
      expect(await violations(page)).toEqual([]);
    });
  });
}
