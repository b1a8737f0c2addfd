import type { Page } from "playwright-core";
import { startTest, untilTime } from "../../page/support/scene.ts";

const DAY = 86_400;

/** What is shown in the pictures: tests of one browser. */
export interface Shown {
  readonly testid: string;
  readonly twin: string;
}

/** A view, as somebody sees it who works with it. `at`: its address. */
export interface View {
  readonly at: (shown: Shown) => string;
  readonly arrange: (page: Page) => Promise<void>;
}

/** Two days with the built-in control, and the same two days with the other. */
export async function makeTests(page: Page): Promise<Shown> {
  await page.locator("summary", { hasText: "Options" }).first().click();
  await page.getByLabel("Electricity price").first().selectOption("dynamic");
  const testid = await startTest(page, "testcase1");
  for (const days of [1, 2]) {
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await untilTime(page, days * DAY);
  }
  await page.getByRole("button", { name: "Compare with proportional" }).click();
  await page.getByRole("heading", { name: "Key figures", exact: true }).waitFor({ timeout: 120_000 });
  return { testid, twin: page.url().slice(-36) };
}

const wait = async (page: Page, heading: string) => await page.getByRole("heading", { name: heading }).waitFor();
const open = async (page: Page, summary: string) => await page.locator("summary", { hasText: summary }).first().click();

export const VIEWS: Readonly<Record<string, View>> = {
  live: {
    at: ({ twin }) => `/#/tests/${twin}`,
    arrange: async (page) => {
      await wait(page, "Weather");
      await page.getByRole("button", { name: "Day", exact: true }).click();
    },
  },
  "what-if": {
    at: ({ testid }) => `/#/tests/${testid}/what-if`,
    arrange: async (page) => {
      const attempt = page.getByRole("button", { name: "Try", exact: true });
      await attempt.click();
      await page.getByRole("radio", { name: /kW$/ }).first().waitFor({ timeout: 60_000 });
    },
  },
  compare: {
    at: ({ testid, twin }) => `/#/compare/${testid},${twin}`,
    arrange: async (page) => await wait(page, "Power"),
  },
  start: {
    at: () => "/",
    arrange: async (page) => {
      await page.getByRole("button", { name: "Start a test of testcase1" }).waitFor();
      await open(page, "Options");
    },
  },
  "by-hand": {
    at: ({ testid }) => `/#/tests/${testid}`,
    arrange: async (page) => {
      await page.getByRole("radio", { name: "By hand" }).check();
      for (const summary of ["Step and scenario", "Checkpoints"]) await open(page, summary);
    },
  },
  upload: { at: () => "/#/upload", arrange: async (page) => await wait(page, "Upload a test case") },
  gone: {
    at: () => "/#/tests/5b4bd3f5-6ba0-4a3b-8d6c-7a9f0e2f1c11",
    arrange: async (page) => await page.getByText("There is no such test.").waitFor(),
  },
};
