import { forecast } from "../../simulation/forecast/forecast.ts";
import { readForecastRequest } from "../../simulation/forecast/request.ts";
import { describeValue } from "../../simulation/messages.ts";
import type { TestFields } from "../../streams/claim.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { uncertaintyAfter } from "../queries/forecast-basis.ts";
import { kpisOf } from "../queries/kpis.ts";
import { decode } from "../record/record.ts";
import { type AdvanceParams, advance } from "./advance.ts";
import { type Body, type Read, refused } from "./bodies.ts";

/** What the answer to an advance has besides: the KPIs, and a forecast, both of the state after the step. */
export interface With {
  readonly kpi: boolean;
  /** The body that `PUT forecast` takes; null for no forecast. */
  readonly forecast: Body | null;
}

export interface AdvanceWithParams {
  readonly inputs: AdvanceParams;
  readonly with: With;
}

/** Reads `with`: a list of `"kpi"` and `{"forecast": {"point_names", "horizon", "interval"}}`, each at most once. */
export function readWithList(value: unknown): Read<With> {
  const list = Array.isArray(value) ? value : [value];
  let kpi = false;
  let wanted: Body | null = null;
  for (const item of list) {
    if (item === "kpi" && !kpi) kpi = true;
    else if (isForecast(item) && wanted === null) wanted = item.forecast;
    else {
      return refused(
        `The item ${describeValue(item)} of with is not allowed. Allowed are "kpi" and {"forecast": {"point_names": [...], "horizon": s, "interval": s}}, each once.`,
      );
    }
  }
  return { ok: true, params: { kpi, forecast: wanted } };
}

function isForecast(item: unknown): item is { readonly forecast: Body } {
  if (typeof item !== "object" || item === null || Object.keys(item).join() !== "forecast") return false;
  const { forecast: body } = item as { forecast: unknown };
  return typeof body === "object" && body !== null && !Array.isArray(body);
}

/**
 * Takes a step as `advance` does, and adds to its answer a member `with`, computed from the state after the step. A
 * forecast that would be refused refuses the whole command: then nothing is advanced.
 */
export async function advanceWith(context: Context, params: AdvanceWithParams): Promise<CarriedOut> {
  const { testcase, test } = context;
  const wanted = params.with;
  const request =
    wanted.forecast === null ? undefined : readForecastRequest(testcase, decode(test, "scenario"), wanted.forecast);
  if (request?.ok === false) return answered(envelope(400, `${request.message} Nothing was advanced.`));

  const advanced = await advance(context, params.inputs);
  if (advanced.kind === "suspend" || advanced.answer.status !== 200) return advanced;
  const after: TestFields = { ...test, ...advanced.changes?.fields };
  const parts: string[] = [];
  if (wanted.kpi) parts.push(`"kpi":${JSON.stringify(kpisOf(after, testcase))}`);
  let drawn: TestFields = {};
  if (request !== undefined) {
    const { pointNames, horizon, interval } = request;
    const { uncertainty, now, drawn: noted } = uncertaintyAfter(after, request);
    if (noted !== undefined) drawn = { drawn: noted };
    const values = forecast(testcase, pointNames, now, horizon, interval, uncertainty);
    parts.push(`"forecast":${JSON.stringify(values)}`);
  }
  const { status, body } = advanced.answer;
  const withParts = `${body.slice(0, -1)},"with":{${parts.join(",")}}}`;
  const changes = { ...advanced.changes, fields: { ...advanced.changes?.fields, ...drawn } };
  return answered({ status, body: withParts }, changes);
}
