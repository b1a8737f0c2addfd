import { envelope } from "../../lifecycle/outcome.ts";
import { writeColumns } from "../../results/columns.ts";
import { longestInTime } from "../../results/effort.ts";
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

/** Answers of more values than this are written as a stream, so that they take no memory. */
const MAX_VALUES_AS_TEXT = 100_000;
/** Answers of more values than this are not tried whether they fit into Lambda's 6 MB, but go into the bucket at once. */
const MAX_VALUES_TRIED = 2_000_000;
/** More rows than any screen has pixels are no plot. */
const MAX_ROWS_OF_PLOT = 10_000;

type Body = Readonly<Record<string, unknown>>;

export const results: Endpoint = async (request, context) => {
  const testid = testidOf(request);
  const body = bodyOf(request);
  const names = readPointNames(body);
  const start = readTime(body, "start_time");
  const final = readTime(body, "final_time");
  const most = readRows(body);

  const index = await readResultsIndex(context.redis, testid);
  if (index === undefined) throw new UnknownTest(testid);
  const testcase = await testCaseFor(index, context);
  const simulated = ["time", ...Object.keys(testcase.measurements), ...Object.keys(testcase.inputs)];
  requirePoints(names, simulated, Object.keys(testcase.boundary.points));
  requireRunning(index.status);

  const columns = [...new Set(["time", ...names])];
  const boundary = columns.filter((name) => !simulated.includes(name));
  const stretches = withBoundary(stretchesOf(context.bucket, index, start, final), testcase.boundary, boundary);
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

/** `time` is in every answer, and may be asked for. @throws HttpError 400 naming every unknown point, and those there are */
function requirePoints(names: readonly string[], simulated: readonly string[], boundary: readonly string[]): void {
  const unknown = names.filter((name) => !simulated.includes(name) && !boundary.includes(name));
  if (unknown.length === 0) return;
  const known = simulated.slice(1);
  throw new HttpError(
    400,
    `The field point_names has points that there are not: ${describeNames(unknown)}. Allowed are ${describeAllowed(known)}.`,
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

/** The field `points`: how many rows the answer may have; undefined for all. @throws HttpError 400 */
function readRows(body: Body): number | undefined {
  if (body.points === undefined || body.points === null) return undefined;
  const rows = readNumber(body.points);
  if (rows !== undefined && Number.isInteger(rows) && rows >= 2 && rows <= MAX_ROWS_OF_PLOT) return rows;
  throw new HttpError(
    400,
    `The field points is ${describeValue(body.points)}. It must be a whole number of rows from 2 to ${MAX_ROWS_OF_PLOT}.`,
  );
}

/** The refusal of what cannot be written in time, with what can. */
function tooLong(longest: number): HttpError {
  return new HttpError(
    400,
    `This is more than one answer can have. From this start_time, and for these points, the field final_time may be ${longest} at most.`,
  );
}

/** As `envelope` makes it of a payload that is there already. */
async function* writeEnvelope(message: string, payload: AsyncIterable<string>): AsyncGenerator<string, undefined> {
  yield `{"status":200,"message":${JSON.stringify(message)},"payload":`;
  yield* payload;
  yield "}";
}
