import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kpis, Test } from "../../typescript/src/index.ts";
import { EXIT, Problem } from "./session.ts";
import { type ComparedPoint, comparePoints, trajectoriesOf } from "./verify-points.ts";

/** A KPI of a test case beside BOPTEST's own; null where one does not apply. */
export interface Compared {
  readonly scenario: string;
  readonly kpi: string;
  readonly reference: number | null;
  readonly ours: number | null;
  /** (ours − reference) / reference, %; null where there is nothing to divide by. */
  readonly percent: number | null;
  readonly agrees: boolean;
}

/** When BOPTEST's tests begin what they call a season, days from the start of the year. */
const SEASON_DAYS: Readonly<Record<string, number>> = { winter: 1, shoulder: 118, summer: 248 };
const DAY = 86_400;
/** How many days of a time period BOPTEST's tests go through: two; of a season, always. */
export const PERIOD_DAYS = 2;
const SEASON = 2 * DAY;
/** The steps of one call. */
const MAX_STEPS = 1000;
/** What BOPTEST's own tests let a value differ by, of the reference; and below what a difference is none. */
const TOLERANCE = 1e-3;
const NOTHING = 1e-6;

type Price = "constant" | "dynamic" | "highly_dynamic";

/** What a checkout keeps for one scenario: the KPIs for each electricity price. */
interface Reference {
  readonly scenario: string;
  readonly kpis: readonly { readonly price: Price; readonly values: ReadonlyMap<string, number | null> }[];
}

export interface Comparison {
  readonly kpis: readonly Compared[];
  readonly points: readonly ComparedPoint[];
}

/**
 * Goes through the scenarios for which a checkout of BOPTEST has KPIs, without a controller, as BOPTEST's own tests do. Points are
 * compared wherever the checkout has trajectories.
 *
 * @param options.days of a time period
 */
export async function compare(
  test: Test,
  references: readonly Reference[],
  options: { readonly checkout: string; readonly name: string; readonly days: number },
  tell: (scenario: string) => void,
): Promise<Comparison> {
  const { time_periods: periods } = await test.about();
  const rows: Compared[] = [];
  const points: ComparedPoint[] = [];
  const comparedTo = async (scenario: string) => {
    const trajectories = trajectoriesOf(options.checkout, options.name, scenario);
    if (trajectories !== undefined) points.push(...(await comparePoints(test, scenario, trajectories)));
  };
  tell("initialize");
  await test.initialize(DAY / 2, DAY / 2);
  await comparedTo("initialize_initial");
  await throughDays(test, 1);
  await comparedTo("initialize_advance");
  for (const { scenario, kpis } of references) {
    const isPeriod = Object.hasOwn(periods, scenario);
    if (!isPeriod && SEASON_DAYS[scenario] === undefined) continue;
    tell(scenario);
    if (isPeriod) await throughTimePeriod(test, scenario, options.days);
    else await throughSeason(test, SEASON_DAYS[scenario] ?? 0);
    await comparedTo(scenario);
    for (const { price, values } of kpis) {
      await test.setScenario({ electricity_price: price });
      const ours = await test.kpis();
      rows.push(...rowsOf(`${scenario}, ${price}`, values, ours));
    }
  }
  return { kpis: rows, points };
}

/** @throws Problem where the checkout has none */
export function referencesOf(checkout: string, name: string): Reference[] {
  const folder = join(checkout, "testing", "references", name);
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const found = new Map<string, { price: Price; values: ReadonlyMap<string, number | null> }[]>();
  for (const file of files) {
    const [, scenario, price] = /^kpis_(.+?)_(constant|dynamic|highly_dynamic)\.csv$/.exec(file) ?? [];
    if (scenario === undefined) continue;
    const values = readValues(readFileSync(join(folder, file), "utf8"));
    found.set(scenario, [...(found.get(scenario) ?? []), { price: price as Price, values }]);
  }
  if (found.size === 0) {
    throw new Problem(`${folder} has no kpis_<scenario>_<price>.csv: there is nothing to verify by`, EXIT.usage);
  }
  return [...found].map(([scenario, kpis]) => ({ scenario, kpis }));
}

async function throughTimePeriod(test: Test, name: string, days: number): Promise<void> {
  await test.setScenario({ time_period: name, electricity_price: "constant" });
  await throughDays(test, days);
}

async function throughDays(test: Test, days: number): Promise<void> {
  const stepSeconds = await test.step();
  await test.setStep(DAY);
  await takeSteps(test, days);
  await test.setStep(stepSeconds);
}

async function throughSeason(test: Test, day: number): Promise<void> {
  await test.initialize(day * DAY, 0);
  await takeSteps(test, Math.floor(SEASON / (await test.step())));
}

async function takeSteps(test: Test, count: number): Promise<void> {
  for (let left = count; left > 0; left -= MAX_STEPS) {
    await test.advanceMany(Array.from({ length: Math.min(left, MAX_STEPS) }, () => ({})));
  }
}

function rowsOf(scenario: string, references: ReadonlyMap<string, number | null>, kpis: Kpis): Compared[] {
  const values = new Map<string, number | null>(Object.entries(kpis));
  return [...references].flatMap(([kpi, reference]): Compared[] => {
    // That one is about the machine.
    if (kpi === "time_rat") return [];
    const ours = values.get(kpi) ?? null;
    if (reference === null || ours === null) {
      return [{ scenario, kpi, reference, ours, percent: null, agrees: reference === ours }];
    }
    const difference = ours - reference;
    const percent = reference === 0 ? null : (100 * difference) / reference;
    const agrees = Math.abs(difference) <= TOLERANCE * Math.abs(reference) + NOTHING;
    return [{ scenario, kpi, reference, ours, percent, agrees }];
  });
}

/** Rows `name,value`, below a head; an empty value is a KPI that does not apply. */
function readValues(csv: string): Map<string, number | null> {
  const lines = csv.trim().split(/\r?\n/).slice(1);
  return new Map(
    lines.map((line) => {
      const [name = "", value = ""] = line.split(",");
      return [name, value.trim() === "" ? null : Number(value)];
    }),
  );
}
