import { launch } from "../../../page/support/browser.ts";
import type { Context } from "../context.ts";
import type { Section, Target } from "../table.ts";
import { firstPlot } from "./page/first-plot.ts";
import { panning } from "./page/panning.ts";
import { watchers } from "./page/watchers.ts";

/** The page in Chromium: how soon it shows a test, how smoothly it moves, what it costs to be watched. */
export async function page(context: Context): Promise<Section> {
  const browser = await launch();
  context.defer(() => browser.close());
  const targets: Target[] = [];
  const tables = [
    await firstPlot(context, browser, targets),
    await panning(context, browser, targets),
    await watchers(context, targets),
  ];
  return {
    title: "The page",
    tables,
    notes: [
      "First plot: from the navigation of a browser that has kept nothing, to the zone temperature with its samples; Chromium, service and database share the machine.",
      "Frames: those that Chromium drew, by its own trace, while the plots moved with each frame.",
      "Watchers: the code with which the page watches a test, so many times in one process, without what draws it, which watchers bring along. All read everything, and rest, before the test is driven.",
    ],
    targets,
  };
}
