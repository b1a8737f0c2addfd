import { describeAllowed, describeNames, describeValue } from "../../simulation/messages.ts";
import { changeScenario, FRESH_SCENARIO, readScenario, type Scenario, timePeriod } from "../../simulation/scenario.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { decode, encode } from "../record/record.ts";
import { type Body, isPlain, portable, type Read, refused } from "./bodies.ts";
import { restart } from "./initialize.ts";

/** The scenario's fields as a client sent them. The worker applies the rules of the test case. */
export type ScenarioParams = Readonly<Partial<Record<keyof Scenario, unknown>>>;

/** Reads the body of PUT scenario, without the rules of the test case. All fields are optional, so a wrong name is refused. */
export function readSetScenario(body: Body): Read<ScenarioParams> {
  const unknown = Object.keys(body).filter((field) => !Object.hasOwn(FRESH_SCENARIO, field));
  if (unknown.length > 0) {
    const noun = unknown.length === 1 ? "field" : "fields";
    const allowed = describeAllowed(Object.keys(FRESH_SCENARIO));
    return refused(`Unknown ${noun} ${describeNames(unknown)}. Allowed are ${allowed}.`);
  }
  const fields = Object.keys(FRESH_SCENARIO).filter((field) => Object.hasOwn(body, field));
  const found = fields.find((field) => !isPlain(body[field]));
  if (found !== undefined) {
    return refused(`The field ${found} is ${describeValue(body[found])}. It must be a string, or a number for seed.`);
  }
  return { ok: true, params: Object.fromEntries(fields.map((field) => [field, portable(body[field])])) };
}

/** The time that setting a scenario simulates, s: a time period is two weeks with a warm-up, which the test case places. */
export function secondsOfScenario({ time_period = null }: ScenarioParams): number {
  return time_period === null ? 0 : Number.POSITIVE_INFINITY;
}

/**
 * Changes a test's scenario; a time period begins the test anew at that period. The test accounts for the costs of all
 * price scenarios from its start, so reading the KPIs with the new prices is enough. Forecast errors are drawn anew.
 */
export async function setScenario(context: Context, params: ScenarioParams): Promise<CarriedOut> {
  const { testcase, test } = context;
  const read = readScenario(testcase, params);
  if (!read.ok) return answered(envelope(400, read.message));
  const { change } = read;
  const fields = encode({ scenario: changeScenario(decode(test, "scenario"), change), drawn: "" });
  const payload = (points: string) => {
    const entries = Object.entries({ ...change, time_period: points }).map(([name, value]) => {
      return `${JSON.stringify(name)}:${name === "time_period" ? points : JSON.stringify(value)}`;
    });
    return `{${entries.join(",")}}`;
  };
  if (change.time_period === null) {
    return answered(envelope(200, "The scenario is set.", payload("null")), { fields });
  }
  const period = timePeriod(testcase, change.time_period);
  const simulated = await restart(context, period);
  if (simulated.kind === "suspend") return simulated;
  const message = `The scenario is set, and the test initialized at ${period.startTime} s: it ends at ${period.endTime} s.`;
  return answered(envelope(200, message, payload(simulated.points)), {
    ...simulated.changes,
    fields: { ...simulated.changes.fields, ...fields },
  });
}
