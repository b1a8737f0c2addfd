import { describeAllowed, describeEach, describeValue } from "../messages.ts";
import { readNumber } from "../numbers.ts";
import { type Scenario, UNCERTAIN_POINTS } from "../scenario.ts";
import type { TestCase } from "../testcase.ts";
import { forecastLength, MAX_UNCERTAIN_HORIZON_SECONDS } from "./forecast.ts";

/** A client's request for a forecast, checked. Times in s. */
export interface ForecastRequest {
  readonly pointNames: readonly string[];
  readonly horizon: number;
  readonly interval: number;
}

export type ReadForecastRequest =
  | ({ readonly ok: true } & ForecastRequest)
  | { readonly ok: false; readonly message: string };

/** Limit of the values in one answer, for all points: they must fit into a function's memory. */
const MAX_VALUES = 5_000_000;

/**
 * Reads a client's request for a forecast: `point_names`, a list of strings; `horizon` ≥ 0 and `interval` > 0, both
 * numbers or numeric strings. The scenario determines which points are uncertain; their horizon is at most 48 h.
 */
export function readForecastRequest(
  testcase: TestCase,
  scenario: Pick<Scenario, keyof typeof UNCERTAIN_POINTS>,
  body: Readonly<Record<string, unknown>>,
): ReadForecastRequest {
  const refuse = (field: string, allowed: string): ReadForecastRequest => {
    const value = Object.hasOwn(body, field)
      ? `Invalid value ${describeValue(body[field])} for ${field}.`
      : `${field} is missing.`;
    return { ok: false, message: `${value} Allowed is ${allowed}.` };
  };
  const number = (field: string): number =>
    Object.hasOwn(body, field) ? (readNumber(body[field]) ?? Number.NaN) : Number.NaN;
  const pointNames: unknown = Object.hasOwn(body, "point_names") ? body.point_names : undefined;
  if (!isListOfStrings(pointNames)) return refuse("point_names", "a list of names of forecast points");
  const unknown = pointNames.filter((name) => !Object.hasOwn(testcase.boundary.points, name));
  if (unknown.length > 0) {
    const allowed = describeAllowed(Object.keys(testcase.boundary.points));
    return { ok: false, message: `Unknown forecast points ${describeEach(unknown)}. Allowed are ${allowed}.` };
  }
  const horizon = number("horizon");
  if (!(horizon >= 0 && Number.isFinite(horizon))) return refuse("horizon", "a number of seconds, 0 or more");
  const interval = number("interval");
  if (!(interval > 0 && Number.isFinite(interval))) return refuse("interval", "a number of seconds above 0");
  for (const [field, point] of Object.entries(UNCERTAIN_POINTS) as [keyof typeof UNCERTAIN_POINTS, string][]) {
    if (scenario[field] !== null && pointNames.includes(point) && horizon > MAX_UNCERTAIN_HORIZON_SECONDS) {
      return refuse(
        "horizon",
        `at most ${MAX_UNCERTAIN_HORIZON_SECONDS} s for ${point} with ${field} ${scenario[field]}`,
      );
    }
  }
  if (forecastLength(horizon, interval) * (pointNames.length + 1) > MAX_VALUES) {
    return refuse("interval", `one that makes at most ${MAX_VALUES} values in all with this horizon and these points`);
  }
  return { ok: true, pointNames, horizon, interval };
}

function isListOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
