import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

/** It draws without a screen, and asks nobody for anything. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser on this machine; undefined if there is none. */
export function findBrowser(): string | undefined {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "chromium-browser", "google-chrome"];
  return names.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
}

/** @throws Error that says what to install */
export async function launch(): Promise<Browser> {
  const found = findBrowser();
  if (found === undefined) {
    throw new Error(
      "There is no Chromium: npm run setup installs it (Debian: apt-get install chromium), or name one in CHROMIUM",
    );
  }
  const { stdout } = spawnSync("sh", ["-c", `command -v "${found}"`], { encoding: "utf8" });
  return await chromium.launch({ executablePath: stdout.trim(), args: FLAGS });
}

/** A page that notes what no page of ours may do. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors in the console, uncaught ones, and requests to other hosts. */
  readonly wrong: string[];
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** The page's time goes on only where a test says so (`page.clock`), or as the machine's, until it does. */
  readonly hasClock?: boolean;
}

/** What a browser keeps between visits. */
export type Kept = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** `kept`: of an earlier visit; nothing unless given. */
export async function openPage(browser: Browser, url: string, look: Look = {}, kept?: Kept): Promise<WatchedPage> {
  const { width = 1440, height = 1000, dark = false, hasClock = false } = look;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    ...(kept === undefined ? {} : { storageState: kept }),
  });
  context.setDefaultTimeout(30_000);
  if (hasClock) await context.clock.install();
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on("console", (said) => {
    if (said.type() === "error" || said.type() === "warning") wrong.push(`console: ${said.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`uncaught: ${error.stack}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!["data:", "blob:"].includes(protocol) && origin !== new URL(url).origin)
      wrong.push(`elsewhere: ${request.url()}`);
  });
  return { page, context, wrong };
}

/** One browser for the tests of a file. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => await browser?.close());
  return () => {
    if (browser === undefined) throw new Error("The browser runs only within tests");
    return browser;
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong for those who use a keyboard or a screen reader: one line each. */
export async function violations(page: Page): Promise<string[]> {
  // Over the debugger's wire, so that the page's own policy need not allow it.
  await page.evaluate(AXE);
  const found = (await page.evaluate("axe.run().then(({ violations }) => violations)")) as {
    id: string;
    help: string;
    nodes: { target: string[]; failureSummary: string }[];
  }[];
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")} (${failureSummary.slice(0, 300)})`),
  );
}
