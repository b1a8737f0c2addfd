import { changeScenario, readScenario, timePeriod } from "../simulation/scenario.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Pace } from "../streams/pace.ts";
import type { ScenarioParams } from "./commands.ts";
import { envelope } from "./envelope.ts";
import { answered, type CarriedOut } from "./outcome.ts";
import type { Ports } from "./ports.ts";
import { restart } from "./restart.ts";
import { scenarioOf } from "./test.ts";

/**
 * Changes a test's scenario; a time period begins the test anew at that period. Costs are accounted for all price
 * scenarios from the test's start, so the KPIs need no more than to be read with the new prices. Errors of forecasts are
 * drawn anew.
 */
export async function setScenario(
  ports: Ports,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  params: ScenarioParams,
): Promise<CarriedOut> {
  const read = readScenario(testcase, params);
  if (!read.ok) return answered(envelope(400, read.message));
  const { change } = read;
  const fields = { scenario: JSON.stringify(changeScenario(scenarioOf(work.test), change)), drawn: "" };
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
  const simulated = await restart(ports, work, pace, testcase, period);
  if (simulated.kind === "suspend") return simulated;
  const message = `The scenario is set, and the test initialized at ${period.startTime} s: it ends at ${period.endTime} s.`;
  return answered(envelope(200, message, payload(simulated.points)), {
    ...simulated.changes,
    fields: { ...simulated.changes.fields, ...fields },
  });
}
