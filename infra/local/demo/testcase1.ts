import { startCloud } from "../cloud/cloud.ts";
import { Client } from "./client.ts";
import { COMFORT, HOURS, type Outcome, runClosedLoop } from "./closed-loop.ts";
import { renderPlot } from "./plot.ts";
import { savePlot, say, showProgress } from "./screen.ts";
import { judge, TOLERANCE } from "./verdict.ts";

const KELVIN = 273.15;

/** Runs two days of testcase1 in closed loop and compares the KPIs with BOPTEST's. @returns whether they agree */
export async function demonstrateTestcase1(): Promise<boolean> {
  say("Starting the stack");
  await using cloud = await startCloud();
  say(`testcase1: ${HOURS} hours in steps of 5 minutes, controlled over ${cloud.url}`);
  const startedAt = performance.now();
  const outcome = await runClosedLoop(new Client(cloud.url), showProgress);
  say(`Done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);

  const { table, agrees } = judge(outcome.kpis);
  say(table);
  savePlot("testcase1.svg", draw(outcome));
  say(agrees ? `Agrees within ${100 * TOLERANCE} %` : `Does NOT agree within ${100 * TOLERANCE} %`);
  return agrees;
}

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
