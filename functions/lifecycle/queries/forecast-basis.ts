import { createHash } from "node:crypto";
import { keys } from "../../platform/keys.ts";
import { type Redis, script } from "../../platform/redis.ts";
import { outcomeOf } from "../../platform/reply.ts";
import { MAX_UNCERTAIN_HORIZON_SECONDS, type Uncertainty } from "../../simulation/forecast/forecast.ts";
import { type ForecastRequest, readForecastRequest } from "../../simulation/forecast/request.ts";
import { FRESH_SCENARIO, type Scenario, UNCERTAIN_POINTS } from "../../simulation/scenario.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import { findTestCase, testCaseIds } from "../../simulation/testcases/index.ts";
import type { TestFields } from "../../streams/claim.ts";
import { decode } from "../record/record.ts";
import source from "./drawn.lua";

const drawnScript = script(source);
const HOUR_SECONDS = 3600;
/** Derived seeds are below this. */
const SEEDS = 2 ** 31;

/** All that a forecast depends on, besides the data of the test case. */
export interface ForecastBasis {
  readonly status: string;
  readonly testcaseid: string;
  readonly version: string;
  readonly scenario: Scenario;
  /** The test's clock, s; undefined before it runs. */
  readonly now: number | undefined;
  /** The forecast error to add, or null for none. */
  readonly uncertainty: Uncertainty | null;
}

/**
 * Reads the basis of a forecast: one round trip, at most 3 commands. With a seed, the same round trip stores the time of
 * the error's draw. Without one, the error follows from the test's lineage, scenario, hour and horizon: every process
 * draws the same, and a test that begins anew draws another.
 *
 * @param body as the client sent it: a request that will be refused must not store a draw
 * @param known test cases that the test may have. For another test case no draw is stored: see `needsDraw`
 * @returns undefined for an unknown test
 */
export async function readForecastBasis(
  redis: Redis,
  testid: string,
  body: Readonly<Record<string, unknown>>,
  known: readonly TestCase[] = builtIns(),
): Promise<ForecastBasis | undefined> {
  const valid = validFor(body, known);
  const request = valid[0]?.request;
  const asksFor = (point: string) => (request?.pointNames.includes(point) ? "1" : "0");
  const reply = await redis.run(
    drawnScript,
    [keys.test(testid)],
    [
      String(request?.horizon ?? 0),
      MAX_UNCERTAIN_HORIZON_SECONDS,
      asksFor(UNCERTAIN_POINTS.temperature_uncertainty),
      asksFor(UNCERTAIN_POINTS.solar_uncertainty),
      ...valid.map(({ testcase }) => `${testcase.id} ${testcase.version}`),
    ],
  );
  const [kind, ...values] = outcomeOf("drawn", reply);
  if (kind !== "found") return undefined;
  const [status = "", testcaseid = "", version = "", time, scenarioJson, lineage = "", drawn] = values.map(String);
  const scenario = scenarioJson ? (JSON.parse(scenarioJson) as Scenario) : FRESH_SCENARIO;
  const now = time ? Number(time) : undefined;
  const draw = drawn ? Number(drawn) : undefined;
  return {
    status,
    testcaseid,
    version,
    scenario,
    now,
    uncertainty: now === undefined ? null : uncertaintyOf(scenario, lineage, now, request?.horizon ?? 0, draw),
  };
}

/**
 * Whether the basis must be read once more, now that the test case is known: the forecast has an error whose draw must be
 * stored, which needs a valid request.
 */
export function needsDraw(basis: ForecastBasis, testcase: TestCase): boolean {
  return basis.uncertainty !== null && !builtIns().includes(testcase);
}

function builtIns(): readonly TestCase[] {
  return testCaseIds.flatMap((id) => findTestCase(id) ?? []);
}

/**
 * The error of a forecast that a command answers with, from the test's fields after it. Remembers a draw as `drawn.lua`
 * does for a query, so that later queries of the same hour get the same.
 *
 * @returns `drawn`: what the test's field of that name becomes, if that changes
 */
export function uncertaintyAfter(
  test: TestFields,
  { pointNames, horizon }: ForecastRequest,
): { readonly now: number; readonly uncertainty: Uncertainty | null; readonly drawn: string | undefined } {
  const scenario = decode(test, "scenario");
  const now = decode(test, "state").time;
  const isUncertain = Object.entries(UNCERTAIN_POINTS).some(
    ([field, point]) => scenario[field as keyof typeof UNCERTAIN_POINTS] !== null && pointNames.includes(point),
  );
  const draw = isUncertain && scenario.seed !== null ? noteDraw(test.drawn ?? "", now, horizon) : undefined;
  const uncertainty = uncertaintyOf(scenario, test.lineage ?? "", now, horizon, draw?.drawnAt);
  return { now, uncertainty, drawn: draw?.drawn === test.drawn ? undefined : draw?.drawn };
}

/** About how long the field `drawn` may become. */
const MAX_DRAWN_LENGTH = 1000;

/** The time of a draw in the hour under way, s: that of the first one for this horizon. Format: see `drawn.lua`. */
function noteDraw(before: string, now: number, horizon: number): { readonly drawnAt: number; readonly drawn: string } {
  const hour = String(Math.floor(now / HOUR_SECONDS));
  const [of, ...draws] = before.split(" ");
  const kept = of === hour ? draws : [];
  const known = kept.find((draw) => draw.startsWith(`${horizon}=`));
  if (known !== undefined) return { drawnAt: Number(known.slice(known.indexOf("=") + 1)), drawn: before };
  if (kept.join(" ").length > MAX_DRAWN_LENGTH) kept.shift();
  return { drawnAt: now, drawn: [hour, ...kept, `${horizon}=${now}`].join(" ") };
}

/** The test cases for which a request is valid, as long as no uncertainty limits its horizon. */
function validFor(
  body: Readonly<Record<string, unknown>>,
  known: readonly TestCase[],
): { testcase: TestCase; request: ForecastRequest }[] {
  return known.flatMap((testcase) => {
    const request = readForecastRequest(testcase, FRESH_SCENARIO, body);
    return request.ok ? [{ testcase, request }] : [];
  });
}

function uncertaintyOf(
  scenario: Scenario,
  lineage: string,
  now: number,
  horizon: number,
  drawn: number | undefined,
): Uncertainty | null {
  const { temperature_uncertainty: temperature, solar_uncertainty: solar, seed } = scenario;
  if (temperature === null && solar === null) return null;
  if (seed !== null) return { temperature, solar, seedBase: seed, drawnAt: drawn ?? now };
  const of = [lineage, horizon, temperature, solar, scenario.electricity_price, scenario.time_period].join(" ");
  const seedBase = createHash("sha256").update(of).digest().readUInt32BE() % SEEDS;
  return { temperature, solar, seedBase, drawnAt: Math.floor(now / HOUR_SECONDS) * HOUR_SECONDS };
}
