import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { startCloud } from "../../../infra/local/cloud/cloud.ts";
import { readArguments } from "../../../infra/programs/arguments.ts";
import { runProgram } from "../../../infra/programs/problem.ts";
import { type Look, launch, openPage } from "../../page/support/browser.ts";
import { makeTests, VIEWS } from "./views.ts";

/** `npm run screenshots`: see USAGE. */

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** The main views; the README shows those of docs/images. */
const MAIN: readonly Picture[] = [
  { name: "live", view: "live", look: WIDE },
  { name: "what-if", view: "what-if", look: { ...WIDE, dark: true } },
  { name: "compare", view: "compare", look: WIDE },
  { name: "phone", view: "live", look: PHONE },
];

interface Picture {
  readonly name: string;
  readonly view: string;
  readonly look: Look;
  /** The whole page, not only what fits on the screen. */
  readonly isWhole?: boolean;
}

const USAGE = `npm run screenshots [-- options]

Starts a local cloud, runs tests in a browser, and makes pictures of the page's main views.

  --to FOLDER   where they are written (docs/images)
  --all         every view instead, whole, at both widths, light and dark
  --help        shows this
`;

await runProgram(async () => {
  const { values } = readArguments({
    options: { to: { type: "string" }, all: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const folder = values.to ?? "docs/images";
  mkdirSync(folder, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const cloud = await startCloud({ scheduleSeconds: 0 });
  stack.defer(() => cloud.stop());
  const browser = await launch();
  stack.defer(() => browser.close());
  const { page: first, context: firstContext } = await openPage(browser, cloud.url);
  await first.goto("/");
  const shown = await makeTests(first);
  const storageState = await firstContext.storageState();
  await firstContext.close();
  for (const { name, view, look, isWhole = false } of values.all ? everything() : MAIN) {
    const { page, context } = await openPage(browser, cloud.url, look, storageState);
    await page.goto(VIEWS[view]?.at(shown) ?? "/");
    await VIEWS[view]?.arrange(page);
    await page.waitForLoadState("networkidle");
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path, fullPage: isWhole, animations: "disabled" });
    await context.close();
    process.stdout.write(`${path}: ${Math.round(statSync(path).size / 1000)} KB\n`);
  }
});

function everything(): Picture[] {
  return [WIDE, PHONE].flatMap((size) =>
    [false, true].flatMap((dark) =>
      Object.keys(VIEWS).map((view) => ({
        name: `${view}-${size.width}-${dark ? "dark" : "light"}`,
        view,
        look: { ...size, dark },
        isWhole: true,
      })),
    ),
  );
}
