import { envelope } from "../../lifecycle/outcome.ts";
import { needsDraw, readForecastBasis } from "../../lifecycle/queries/forecast-basis.ts";
import { forecast as makeForecast } from "../../simulation/forecast/forecast.ts";
import { readForecastRequest } from "../../simulation/forecast/request.ts";
import type { Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { bodyOf, testidOf } from "../http/request.ts";
import { requireRunning, testCaseFor } from "./test.ts";

export const forecast: Endpoint = async (request, context) => {
  const testid = testidOf(request);
  const body = bodyOf(request);
  let basis = await readForecastBasis(context.redis, testid, body);
  if (basis === undefined) throw new UnknownTest(testid);
  const testcase = await testCaseFor(basis, context);
  if (needsDraw(basis, testcase)) basis = await readForecastBasis(context.redis, testid, body, [testcase]);
  if (basis === undefined) throw new UnknownTest(testid);
  const read = readForecastRequest(testcase, basis.scenario, body);
  if (!read.ok) throw new HttpError(400, read.message);
  requireRunning(basis.status);

  const { pointNames, horizon, interval } = read;
  const values = makeForecast(testcase, pointNames, basis.now ?? 0, horizon, interval, basis.uncertainty);
  return envelope(200, "The forecast of the points.", JSON.stringify(values));
};
