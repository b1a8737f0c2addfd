import { envelope } from "../../lifecycle/outcome.ts";
import { writeColumns } from "../../results/columns.ts";
import { longestInTime } from "../../results/effort.ts";
import { onePerInterval } from "../../results/every.ts";
import { readResultsIndex } from "../../results/read.ts";
import { rowsOf, stretchesOf } from "../../results/stretches.ts";
import { thin } from "../../results/thin.ts";
import { withBoundary } from "../../results/with-boundary.ts";
import { describeAllowed, describeNames, describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";
import type { Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { bodyOf, testidOf } from "../http/request.ts";
import { fitJson, storeJson } from "../http/stored-answer.ts";
import { requireRunning, testCaseFor } from "./test.ts";

/** Answers with more values than this are written as a stream, to save memory. */
const MAX_VALUES_AS_TEXT = 100_000;
/** Answers with more values than this go into the bucket at once. Smaller ones are first tried within Lambda's 6 MB. */
const MAX_VALUES_TRIED = 2_000_000;
/** No screen has more pixels in a row. */
const MAX_ROWS_OF_PLOT = 10_000;

/** A year, s: no results are longer. */
const MAX_INTERVAL = 31_536_000;

type Body = Readonly<Record<string, unknown>>;

export const results: Endpoint = async (request, context) => {
  const testid = testidOf(request);
  const body = bodyOf(request);
  const names = readPointNames(body);
  const start = readTime(body, "start_time");
  const final = readTime(body, "final_time");
  const most = readRows(body);
  const interval = readInterval(body);

  const index = await readResultsIndex(context.redis, testid, { from: start, to: final });
  if (index === undefined) throw new UnknownTest(testid);
  const testcase = await testCaseFor(index, context);
  const simulated = ["time", ...Object.keys(testcase.measurements), ...Object.keys(testcase.inputs)];
  requirePoints(names, simulated, Object.keys(testcase.boundary.points));
  requireRunning(index.status);

  const columns = [...new Set(["time", ...names])];
  const boundary = columns.filter((name) => !simulated.includes(name));
  const all = stretchesOf(context.bucket, index, start, final);
  const wanted = interval === undefined ? all : onePerInterval(all, start, interval);
  const stretches = withBoundary(wanted, testcase.boundary, boundary);
  const longest = longestInTime(stretches, columns.length);
  if (longest !== undefined) throw tooLong(Math.max(start, Math.floor(longest)));

  const message = "The samples of the points in the time asked for.";
  if (most !== undefined && rowsOf(stretches) > most) {
    return envelope(200, message, JSON.stringify(await thin(stretches, columns.slice(1), most)));
  }
  const values = rowsOf(stretches) * columns.length;
  if (values <= MAX_VALUES_AS_TEXT) {
    let payload = "";
    for await (const piece of writeColumns(stretches, columns)) payload += piece;
    return envelope(200, message, payload);
  }
  const { acceptsGzip } = request;
  const begin = () => writeEnvelope(message, writeColumns(stretches, columns));
  const direct = values <= MAX_VALUES_TRIED ? await fitJson(begin, acceptsGzip) : undefined;
  return direct ?? (await storeJson(context.bucket, begin, acceptsGzip));
};

/** The field `point_names`. @throws HttpError 400 unless it is a list of strings */
function readPointNames(body: Body): readonly string[] {
  const names = body.point_names;
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw new HttpError(400, `The field point_names is ${describeValue(names)}. It must be a list of point names.`);
}

/** `time` is in every answer, and clients may name it. @throws HttpError 400 with the unknown points and the known ones */
function requirePoints(names: readonly string[], simulated: readonly string[], boundary: readonly string[]): void {
  const unknown = names.filter((name) => !simulated.includes(name) && !boundary.includes(name));
  if (unknown.length === 0) return;
  const known = simulated.slice(1);
  throw new HttpError(
    400,
    `Unknown points in point_names: ${describeNames(unknown)}. Allowed are ${describeAllowed(known)}.`,
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

/** The field `points`: the largest number of rows in the answer; undefined for all. @throws HttpError 400 */
function readRows(body: Body): number | undefined {
  if (body.points === undefined || body.points === null) return undefined;
  const rows = readNumber(body.points);
  if (rows !== undefined && Number.isInteger(rows) && rows >= 2 && rows <= MAX_ROWS_OF_PLOT) return rows;
  throw new HttpError(
    400,
    `The field points is ${describeValue(body.points)}. It must be a whole number of rows from 2 to ${MAX_ROWS_OF_PLOT}.`,
  );
}

/** The field `interval`, s; undefined for all samples. @throws HttpError 400 */
function readInterval(body: Body): number | undefined {
  if (body.interval === undefined || body.interval === null) return undefined;
  const interval = readNumber(body.interval);
  if (interval !== undefined && interval > 0 && interval <= MAX_INTERVAL) return interval;
  throw new HttpError(
    400,
    `The field interval is ${describeValue(body.interval)}. It must be a number of seconds, or a string of one, above 0 and at most ${MAX_INTERVAL}.`,
  );
}

/** Refuses a time range that is too long to be read in one call, and names the longest one. */
function tooLong(longest: number): HttpError {
  return new HttpError(
    400,
    `The answer would be too large. For this start_time and these points, final_time can be at most ${longest}.`,
  );
}

/** The envelope, as a stream, around a payload that is written already. */
async function* writeEnvelope(message: string, payload: AsyncIterable<string>): AsyncGenerator<string, undefined> {
  yield `{"status":200,"message":${JSON.stringify(message)},"payload":`;
  yield* payload;
  yield "}";
}
