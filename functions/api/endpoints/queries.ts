import { envelope } from "../../lifecycle/envelope.ts";
import { kpisOf } from "../../lifecycle/kpis.ts";
import { testCaseOf } from "../../lifecycle/test.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Endpoint } from "../context.ts";
import { OutdatedTest } from "../errors.ts";
import { requireRunning, requireTest } from "../testid.ts";

/** The test case of a test, from its fields `testcaseid` and `version`. @throws OutdatedTest */
export function testCaseFor(test: { readonly testcaseid?: string; readonly version?: string }): TestCase {
  const testcase = testCaseOf({ ...test });
  if (testcase === undefined) throw new OutdatedTest({ ...test });
  return testcase;
}

/** A query that the test case alone can answer, and so on a Queued test as well. */
function ofTestCase(message: string, tell: (testcase: TestCase) => unknown): Endpoint {
  return async (request, context) => {
    const test = await requireTest(request, context, ["testcaseid", "version"]);
    return envelope(200, message, JSON.stringify(tell(testCaseFor(test))));
  };
}

export const name = ofTestCase("The name of the test case.", ({ id }) => ({ name: id }));
export const inputs = ofTestCase("The inputs of the test case.", (testcase) => testcase.inputs);
export const measurements = ofTestCase("The measurements of the test case.", (testcase) => testcase.measurements);

export const forecastPoints = ofTestCase("The points that can be forecast.", (testcase) => testcase.boundary.points);

export const status: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, []);
  return { status: 200, body: JSON.stringify(test.status) };
};

export const step: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["step"]);
  return envelope(200, "The step, in seconds.", test.step);
};

export const points: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["points"]);
  requireRunning(test.status);
  return envelope(200, "The current value of every point.", test.points);
};

export const kpi: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["testcaseid", "version", "state", "scenario", "timing"]);
  requireRunning(test.status);
  return envelope(200, "The KPIs since the test's start.", JSON.stringify(kpisOf(test, testCaseFor(test))));
};

export const scenario: Endpoint = async (request, context) => {
  const test = await requireTest(request, context, ["scenario"]);
  return envelope(200, "The scenario.", test.scenario);
};
