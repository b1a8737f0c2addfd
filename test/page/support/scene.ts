import type { Page } from "playwright-core";
import { afterEach, expect } from "vitest";
import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import { type Client, clientOf } from "../../support/client.ts";
import { useCloud } from "../../support/cloud.ts";
import { ALICE } from "../../support/fmu.ts";
import { type Look, openPage, useBrowser, type WatchedPage } from "./browser.ts";

/** What the suites of the page share: one cloud, and one browser. */
export interface Scene extends Client {
  readonly cloud: () => Cloud;
  /** Opens a page of its own, with nothing kept. `at`: another address than the cloud's. */
  readonly open: (path: string, look?: Look, at?: string) => Promise<Page>;
  /** What the open pages have done wrong so far. A suite that provokes something takes it out. */
  readonly wrong: () => string[][];
}

export function useScene(): Scene {
  const cloud = useCloud({ workers: 2, accounts: [ALICE] });
  const browser = useBrowser();
  const opened: WatchedPage[] = [];

  /** Whatever a test does, the page says nothing in the console, and asks nobody but the service. */
  afterEach(async () => {
    const wrong = opened.flatMap((each) => each.wrong);
    for (const { context } of opened.splice(0)) await context.close();
    expect(wrong).toEqual([]);
  });

  return {
    ...clientOf(cloud),
    cloud,
    open: async (path, look = {}, at = cloud().url) => {
      const watched = await openPage(browser(), at, look);
      opened.push(watched);
      await watched.page.goto(path);
      return watched.page;
    },
    wrong: () => opened.map((each) => each.wrong),
  };
}

/** Starts a test of a test case on the start view. @returns its id */
export async function startTest(page: Page, testcase: string): Promise<string> {
  await page.getByRole("button", { name: `Start a test of ${testcase}` }).click();
  await page.getByRole("heading", { name: "Zone temperature" }).waitFor();
  return page.url().slice(-36);
}

export const kpiOf = async (page: Page, name: string) => await page.locator(`[data-kpi=${name}] b`).textContent();
export const untilTime = async (page: Page, time: number) =>
  await page.locator(`[data-time="${time}"]`).waitFor({ timeout: 60_000 });
