import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "../bundle.ts";
import { startCloud } from "./cloud.ts";
import { Client } from "./demo/client.ts";
import { COMFORT, HOURS, type Outcome, runClosedLoop } from "./demo/closed-loop.ts";
import { judge, TOLERANCE } from "./demo/verdict.ts";
import { renderPlot } from "./plot.ts";
import { runProgram } from "./problem.ts";

/** `npm run demo`: an experiment from select to KPIs on a stack of its own, compared with BOPTEST's figures. */

const PLOT_FILE = join(ROOT, "demo", "testcase1.svg");
const KELVIN = 273.15;

await runProgram(async () => {
  say("Starting the stack");
  const cloud = await startCloud();
  try {
    say(`testcase1, ${HOURS} hours in steps of 5 minutes, controlled over ${cloud.url}`);
    const startedAt = performance.now();
    const outcome = await runClosedLoop(new Client(cloud.url), showProgress);
    say(`Done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);

    const { table, agrees } = judge(outcome.kpis);
    say(table);
    mkdirSync(join(ROOT, "demo"), { recursive: true });
    writeFileSync(PLOT_FILE, draw(outcome));
    say(`\nPlot: ${relative(process.cwd(), PLOT_FILE)}`);
    say(agrees ? `Agrees within ${100 * TOLERANCE} %` : `Does NOT agree within ${100 * TOLERANCE} %`);
    process.exitCode = agrees ? 0 : 1;
  } finally {
    await cloud.stop();
  }
});

function draw({ results }: Outcome): string {
  return renderPlot({
    title: "testcase1: two days in closed loop",
    timeAxis: "time [h]",
    time: results.time.map((seconds) => seconds / 3600),
    timeTicks: [0, 6, 12, 18, 24, 30, 36, 42, 48],
    panels: [
      {
        axis: "temperature [°C]",
        series: [
          {
            label: "zone air temperature",
            color: "#c2410c",
            values: results.TRooAir_y.map((kelvin) => kelvin - KELVIN),
          },
        ],
        band: { label: "comfort band", color: "#d3f2dd", from: COMFORT.from - KELVIN, to: COMFORT.to - KELVIN },
      },
      {
        axis: "power [kW]",
        series: [
          { label: "heater/cooler power", color: "#1d4ed8", values: results.PHeaCoo_y.map((watts) => watts / 1000) },
        ],
      },
    ],
  });
}

function showProgress(done: number, of: number): void {
  const percent = Math.floor((100 * done) / of);
  // One line that grows on a terminal; ten lines where the output is kept.
  if (process.stdout.isTTY) process.stdout.write(`\r  ${percent} %${done === of ? "\n" : ""}`);
  else if (percent % 10 === 0 && Math.floor((100 * (done - 1)) / of) < percent) say(`  ${percent} %`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
