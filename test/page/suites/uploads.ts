import { describe, expect, it } from "vitest";
import { buildFmu } from "../../fmus/build.ts";
import { ALICE } from "../../support/fmu.ts";
import { violations } from "../support/browser.ts";
import { type Scene, startTest } from "../support/scene.ts";

export function uploads({ open }: Scene): void {
  describe("an upload", () => {
    it("that is bad is refused with every reason; a good one can be started, by its owner", async () => {
      const page = await open("/#/upload");
      await page.getByLabel("Account", { exact: true }).fill(ALICE.name);
      await page.getByLabel("Key", { exact: true }).fill(ALICE.key);
      await page.getByLabel("FMU").setInputFiles({ name: "bad.fmu", mimeType: "", buffer: Buffer.from("no zip") });
      await page.getByRole("button", { name: "Upload" }).click();
      await page.getByRole("alert").getByRole("listitem").first().waitFor();
      expect(await page.getByRole("alert").textContent()).toMatch(/^The test case cannot be used:.*zip/);
      expect(await violations(page)).toEqual([]);

      await page.getByLabel("Name", { exact: true }).fill("two-zones");
      await page.getByLabel("FMU").setInputFiles((await buildFmu("cs")).file);
      await page.getByRole("button", { name: "Upload" }).click();
      await page.getByText("is ready.").waitFor({ timeout: 60_000 });
      await page.getByRole("link", { name: "Start a test of it" }).click();
      const card = page.getByRole("article").filter({ hasText: "two-zones" });
      expect(await card.textContent()).toContain("2 zones");
      await startTest(page, "two-zones");
      await page.getByRole("radio", { name: "By hand" }).check();
      expect(await page.getByRole("slider").count()).toBeGreaterThan(0);
      expect(await violations(page)).toEqual([]);
    });
  });
}
