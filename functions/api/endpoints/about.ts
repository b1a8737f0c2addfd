import { envelope } from "../../lifecycle/outcome.ts";
import { readPendingVersion } from "../../packages/records.ts";
import { timePeriod } from "../../simulation/scenario.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Endpoint } from "../context.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpAnswer } from "../http/request.ts";
import { requireScope } from "./account.ts";
import { findSelected } from "./selected.ts";
import { requireTest, testCaseFor } from "./test.ts";

/** The static description of a test case, before any test runs. */
export const aboutTestcase: Endpoint = async (request, context) => {
  const { scope } = await requireScope(request, context);
  const name = { scope, testcaseid: request.params.testcaseid ?? "" };
  const selected = await findSelected(name, request.arrivalMs, context);
  if (readPendingVersion(selected.version) !== undefined) {
    throw new HttpError(409, "The upload of this test case is still being checked.", { "retry-after": "2" });
  }
  return answer(await testCaseFor(selected, context));
};

/** The same description by a test's id. */
export const aboutTest: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["testcaseid", "version"]);
  return answer(await testCaseFor(test, context));
};

function answer(testcase: TestCase): HttpAnswer {
  const periods = Object.keys(testcase.days).map((name) => {
    const { startTime, endTime } = timePeriod(testcase, name);
    return [name, { start_time: startTime, final_time: endTime }];
  });
  const { startTime, warmupPeriod, step } = testcase.defaults;
  const payload = {
    testcaseid: testcase.id,
    area: testcase.area,
    defaults: { start_time: startTime, warmup_period: warmupPeriod, step },
    time_periods: Object.fromEntries(periods),
    signals: testcase.kpiMap,
    inputs: testcase.inputs,
    measurements: testcase.measurements,
    forecast_points: testcase.boundary.points,
    ...(testcase.remark === undefined ? {} : { remark: testcase.remark }),
  };
  return envelope(200, "The description of the test case.", JSON.stringify(payload));
}
