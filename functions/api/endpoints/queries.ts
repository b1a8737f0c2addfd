import { envelope } from "../../lifecycle/outcome.ts";
import { kpisOf } from "../../lifecycle/queries/kpis.ts";
import { readPendingVersion } from "../../packages/records.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Endpoint } from "../context.ts";
import { withEtag } from "./etag.ts";
import { requireRunning, requireTest, testCaseFor } from "./test.ts";

/** A query that needs only the test case, so that a Queued test answers it, too. */
function ofTestCase(message: string, tell: (testcase: TestCase) => unknown, withRemark = false): Endpoint {
  return async (request, context) => {
    const test = await requireTest(request, context, ["testcaseid", "version"]);
    const testcase = await testCaseFor(test, context);
    const remark = withRemark && testcase.remark !== undefined ? ` ${testcase.remark}` : "";
    return envelope(200, message + remark, JSON.stringify(tell(testcase)));
  };
}

export const name = ofTestCase("The name of the test case.", ({ id }) => ({ name: id }), true);
export const inputs = ofTestCase("The inputs of the test case.", (testcase) => testcase.inputs);
export const measurements = ofTestCase("The measurements of the test case.", (testcase) => testcase.measurements);

export const forecastPoints = ofTestCase("The points that can be forecast.", (testcase) => testcase.boundary.points);

export const status = withEtag(async (request, context) => {
  const test = await requireTest(request, context, []);
  return { status: 200, body: JSON.stringify(test.status) };
});

export const step: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["step", "version"]);
  // The test case has the default step, and is unknown until its upload is checked.
  if (readPendingVersion(test.version ?? "") !== undefined) requireRunning(test.status);
  return envelope(200, "The step, in seconds.", test.step);
};

export const points = withEtag(async (request, context) => {
  const test = await requireTest(request, context, ["points"]);
  requireRunning(test.status);
  return envelope(200, "The current value of every point.", test.points);
});

export const kpi = withEtag(async (request, context) => {
  const test = await requireTest(request, context, ["testcaseid", "version", "state", "scenario", "timing"]);
  requireRunning(test.status);
  const kpis = kpisOf(test, await testCaseFor(test, context));
  return envelope(200, "The KPIs since the test's start.", JSON.stringify(kpis));
});

export const scenario: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["scenario"]);
  return envelope(200, "The scenario.", test.scenario);
};
