import { envelope } from "../../lifecycle/envelope.ts";
import { readResultsIndex, readSamples } from "../../results/query.ts";
import { describeNames, describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";
import type { Samples } from "../../simulation/samples.ts";
import type { Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../errors.ts";
import { bodyOf } from "../http.ts";
import { requireRunning, testidOf } from "../testid.ts";
import { testCaseFor } from "./queries.ts";

type Body = Readonly<Record<string, unknown>>;

export const results: Endpoint = async (request, context) => {
  const testid = testidOf(request);
  const body = bodyOf(request);
  const names = readPointNames(body);
  const start = readTime(body, "start_time");
  const final = readTime(body, "final_time");

  const index = await readResultsIndex(context.redis, testid);
  if (index === undefined) throw new UnknownTest(testid);
  const testcase = testCaseFor({ testcaseid: index.testcaseid });
  requirePoints(names, [...Object.keys(testcase.measurements), ...Object.keys(testcase.inputs)]);
  requireRunning(index.status);

  const samples = await readSamples(context.objects, index, start, final);
  return envelope(200, "The samples of the points in the time asked for.", columnsJson(samples, names));
};

/** The field `point_names`. @throws HttpError 400 unless it is a list of strings */
function readPointNames(body: Body): readonly string[] {
  const names = body.point_names;
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw new HttpError(400, `The field point_names is ${describeValue(names)}. It must be a list of point names.`);
}

/** `time` is in every answer, and may be asked for. @throws HttpError 400 naming every unknown point, and those there are */
function requirePoints(names: readonly string[], known: readonly string[]): void {
  const unknown = names.filter((name) => name !== "time" && !known.includes(name));
  if (unknown.length === 0) return;
  throw new HttpError(
    400,
    `The field point_names has points that there are not: ${describeNames(unknown)}. Allowed are ${describeNames(known)}.`,
  );
}

function readTime(body: Body, field: string): number {
  const value = readNumber(body[field]);
  if (value !== undefined && !Number.isNaN(value)) return value;
  throw new HttpError(
    400,
    `The field ${field} is ${describeValue(body[field])}. It must be a number of seconds, or a string of one, and may be infinite.`,
  );
}

/** `time`, then each point once, as lists of numbers. */
function columnsJson(samples: Samples, names: readonly string[]): string {
  const columns = ["time", ...new Set(names)].map((name) => {
    const values = samples.columns[samples.names.indexOf(name)] ?? [];
    return `${JSON.stringify(name)}:[${values.join(",")}]`;
  });
  return `{${columns.join(",")}}`;
}
