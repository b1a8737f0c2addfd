import { buildFmu } from "../../../test/fmus/build.ts";
import { startCloud } from "../cloud/cloud.ts";
import { Client } from "./client.ts";
import { describeNewProcesses, runByNewProcesses } from "./new-processes.ts";
import { renderPlot } from "./plot.ts";
import { savePlot, say, showProgress, tableOf } from "./screen.ts";
import { DAYS, priceAware, runWeek, thermostats, type Week } from "./week.ts";

const TESTCASE = "twozone-fmu";
/** The same building as a model that cannot save its state. */
const STATELESS = "twozone-stateless-fmu";
/** The number of days for this model. */
const FEW_DAYS = 1;
const ACCOUNT = { name: "demo", key: "demo-key", privileged: true };
const KELVIN = 273.15;
const DAY = 86_400;

const UNITS: Readonly<Record<string, string>> = {
  cost_tot: "€/m²",
  ener_tot: "kWh/m²",
  emis_tot: "kgCO₂/m²",
  pele_tot: "kW/m²",
  tdis_tot: "K h/zone",
  idis_tot: "ppm h/zone",
};

/**
 * Builds an FMU, uploads it, and runs a week with each of two controllers. Then shows that a model that cannot save its state is
 * stepped by ever new processes: at the price of the first step, and to the same figures.
 *
 * @returns whether the price-aware controller saved money, and these figures were the same
 */
export async function demonstrateTwozone(): Promise<boolean> {
  say("Building the FMU of a two-zone building, for Co-Simulation");
  const [{ file }, stateless] = [await buildFmu("cs"), await buildFmu("cs-replay")];
  say("Starting the stack");
  await using cloud = await startCloud({ accounts: [ACCOUNT] });
  say(`Uploading it as ${TESTCASE} to ${cloud.url}`);
  const uploader = new Client(cloud.url, ACCOUNT.key);
  await uploader.upload(TESTCASE, file);
  await uploader.upload(STATELESS, stateless.file);
  const client = new Client(cloud.url);
  const startedAt = performance.now();
  say(`${DAYS} days in January under its own thermostats`);
  const plain = await runWeek(client, TESTCASE, thermostats, showProgress);
  say("The same days under a controller that uses price forecasts");
  const aware = await runWeek(client, TESTCASE, priceAware, showProgress);
  say(`Done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);

  say(compare(plain, aware));
  savePlot(`${TESTCASE}.svg`, draw(plain, aware));
  const paid = (aware.kpis.cost_tot ?? Infinity) < (plain.kpis.cost_tot ?? 0);
  say(paid ? "Price forecasts saved money" : "Price forecasts did NOT save money");

  say(`\n${STATELESS}: ${await client.remark(STATELESS)}`);
  say(`${FEW_DAYS} day of it, with its process killed before each step`);
  const outcome = await runByNewProcesses(cloud, client, STATELESS, {
    days: FEW_DAYS,
    onStep: (step, ms) => say(`  step ${String(step).padStart(2)}  ${ms.toFixed(1).padStart(7)} ms`),
  });
  say(describeNewProcesses(outcome));
  say(outcome.same ? "All figures are those of a process that lived" : "The figures are NOT the same");
  return paid && outcome.same && outcome.work.pids.size >= outcome.newMs.length;
}

function compare(plain: Week, aware: Week): string {
  const rows = Object.entries(UNITS).map(([name, unit]) => {
    const [before, after] = [plain.kpis[name] ?? 0, aware.kpis[name] ?? 0];
    const change = before === 0 ? "" : `${((100 * (after - before)) / before).toFixed(1)} %`;
    return [name, unit, show(before), show(after), change];
  });
  return tableOf([["KPI", "unit", "thermostats", "price-aware", "change"], ...rows]);
}

function show(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function draw(plain: Week, aware: Week): string {
  const begin = plain.results.time?.[0] ?? 0;
  const celsius = (week: Week) => (week.results.TRooAirSou_y ?? []).map((kelvin) => kelvin - KELVIN);
  const power = ({ results }: Week) =>
    (results.PHeaSou_y ?? []).map((watts, i) => (watts + (results.PHeaNor_y?.[i] ?? 0)) / 1000);
  const held = (week: Week, point: string) =>
    (week.results.time ?? []).map((time) => heldAt(week.boundary, point, time));
  return renderPlot({
    title: `${TESTCASE}: a week under thermostats, and under price-aware control`,
    timeAxis: "time [d]",
    time: (plain.results.time ?? []).map((seconds) => (seconds - begin) / DAY),
    timeTicks: Array.from({ length: DAYS + 1 }, (_, day) => day),
    panels: [
      {
        axis: "temperature, south [°C]",
        series: [
          { label: "lower limit", color: "#16a34a", values: held(plain, "LowerSetp[Sou]").map((k) => k - KELVIN) },
          { label: "thermostats", color: "#94a3b8", values: celsius(plain) },
          { label: "price-aware", color: "#c2410c", values: celsius(aware) },
        ],
      },
      {
        axis: "heat pumps [kW]",
        series: [
          { label: "thermostats", color: "#94a3b8", values: power(plain) },
          { label: "price-aware", color: "#1d4ed8", values: power(aware) },
        ],
      },
      {
        axis: "price [€/kWh]",
        series: [{ label: "electricity", color: "#7c3aed", values: held(plain, "PriceElectricPowerHighlyDynamic") }],
      },
    ],
  });
}

/** The value at a time, from boundary data at equal intervals that hold between their times. */
function heldAt(boundary: Week["boundary"], point: string, time: number): number {
  const [first = 0, second = 1] = boundary.time ?? [];
  const values = boundary[point] ?? [];
  return values[Math.min(values.length - 1, Math.floor((time - first) / (second - first)))] ?? 0;
}
