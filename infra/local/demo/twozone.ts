import { buildFmu } from "../../../test/fmus/build.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { Client } from "./client.ts";
import { renderPlot } from "./plot.ts";
import { savePlot, say, showProgress, tableOf } from "./screen.ts";
import { type Controller, DAYS, priceAware, runWeek, STEPS_PER_DAY, thermostats, type Week } from "./week.ts";

const TESTCASE = "twozone-fmu";
/** The same building as a model that keeps a temperature in a C global, which its FMU state leaves out. */
const FORGETFUL = "twozone-forgetful-fmu";
/** The number of days for this model. */
const FEW_DAYS = 2;
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

/** A week's figures for a comparison: all results, and all KPIs except `time_rat`, which measures real time. */
const figuresOf = ({ kpis: { time_rat: _, ...kpis }, results }: Week) => JSON.stringify({ kpis, results });

/**
 * Builds an FMU, uploads it, and runs a week with each of two controllers. Then shows that a model that keeps memory outside
 * its state gives the same figures when its process is killed every day.
 *
 * @returns whether the price-aware controller saved money, and these figures were the same
 */
export async function demonstrateTwozone(): Promise<boolean> {
  say("Building the FMU of a two-zone building, for Co-Simulation");
  const [{ file }, forgetful] = [await buildFmu("cs"), await buildFmu("forgets")];
  say("Starting the stack");
  await using cloud = await startCloud({ accounts: [ACCOUNT] });
  say(`Uploading it as ${TESTCASE} to ${cloud.url}`);
  const uploader = new Client(cloud.url, ACCOUNT.key);
  await uploader.upload(TESTCASE, file);
  await uploader.upload(FORGETFUL, forgetful.file);
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

  say(`\n${FEW_DAYS} days of ${FORGETFUL}, which keeps memory outside its state`);
  const calm = await runWeek(client, FORGETFUL, thermostats, showProgress, FEW_DAYS);
  say("The same, with its process killed every day");
  const disturbed = await runWeek(client, FORGETFUL, killedEveryDay(cloud, thermostats), showProgress, FEW_DAYS);
  const same = figuresOf(calm) === figuresOf(disturbed);
  say(same ? "All figures are the same" : "The figures are NOT the same");
  return paid && same;
}

/** Calls a controller. Once a day before the call, kills all processes of the emulator function, with the models in them. */
function killedEveryDay({ host }: Pick<Cloud, "host">, control: Controller): Controller {
  let steps = 0;
  return async (client, testid) => {
    if (steps++ % STEPS_PER_DAY === 0) await Promise.all(host.pids("emulator").map((pid) => host.kill(pid)));
    return await control(client, testid);
  };
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
