import { createHash } from "node:crypto";
import { log } from "../../platform/log.ts";
import { describeValue } from "../../simulation/messages.ts";
import { isAtEnd } from "../../simulation/run.ts";
import { type Scenario, timePeriod } from "../../simulation/scenario.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Answer } from "../../streams/answer.ts";
import type { TestFields } from "../../streams/claim.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { kpisOf } from "../queries/kpis.ts";
import { decode } from "../record/record.ts";
import { type Body, type Read, refused } from "./bodies.ts";

export interface SubmitParams {
  readonly apiKey: string;
  readonly tags: readonly string[];
  /** Whether to send nothing, and to answer what would be sent. */
  readonly unitTest: boolean;
}

/** The part that goes through the request stream: all but the key, which is never stored. */
export type SubmissionParams = Omit<SubmitParams, "apiKey">;

/** Most tags of one submission. */
const MAX_TAGS = 10;

/** Reads the body of POST submit. Every field whose name contains `tag` is one. */
export function readSubmit(body: Body): Read<SubmitParams> {
  if (typeof body.api_key !== "string") {
    return refused(`The field api_key is ${describeValue(body.api_key)}. It must be a string.`);
  }
  const tags: string[] = [];
  for (const [field, value] of Object.entries(body)) {
    if (!field.includes("tag")) continue;
    if (typeof value !== "string") {
      return refused(`The field ${describeValue(field)} is ${describeValue(value)}. A tag must be a string.`);
    }
    tags.push(value);
  }
  if (tags.length > MAX_TAGS) return refused(`There are ${tags.length} tags. At most ${MAX_TAGS} are allowed.`);
  const unitTest = body.unit_test === true || body.unit_test === "True" || body.unit_test === "true";
  return { ok: true, params: { apiKey: body.api_key, tags, unitTest } };
}

/** The contract's version as results dashboards know it, including the line end. */
const BOPTEST_VERSION = "1.0.0-dev\n";
/** Time limit for the dashboard, ms: less than a client waits in one call. */
export const DASHBOARD_MS = 10_000;
/** A shorter text is not a key, and may be part of any word. */
const MIN_KEY_LENGTH = 4;
/** Most characters of a dashboard's answer that a message repeats. */
const MAX_REASON_LENGTH = 300;

/**
 * Reports a finished formal test to the results dashboard. Submitting is a command, although it changes nothing: so it
 * keeps the order of requests, and is not sent twice under one Idempotency-Key. If the process dies on the way, no worker
 * can continue: only the call has the client's key, which is never stored.
 */
export async function submit(context: Context, params: SubmissionParams): Promise<CarriedOut> {
  const { test, testcase, claim, request, dashboard } = context;
  if (!isFinished(test, testcase)) {
    const message = "Only a test that has reached the end of a scenario's time_period can be submitted.";
    return answered(envelope(500, message));
  }
  const uid = uuidOf(`${claim.testid} ${request.id}`);
  if (dashboard === undefined) {
    const message =
      "The submission was interrupted, and may have been sent or not: look at the dashboard before you submit again.";
    return answered(envelope(503, message));
  }
  const report = (apiKey: string) => {
    return { results: [resultOf(uid, context.clock(), test, testcase, { ...params, apiKey })] };
  };
  const url = `${dashboard.url}/api/results`;
  if (params.unitTest) {
    // The answer is stored without the key. The call inserts it, see `withKey`.
    const payload = report("");
    const wouldBe = JSON.stringify({ dash_url: url, payload });
    return answered(envelope(200, "Nothing was sent: this is what would have been.", wouldBe));
  }
  const sent = await post(url, report(dashboard.apiKey));
  if (sent.status === 200) {
    return answered(envelope(200, "The results are on the dashboard.", JSON.stringify({ identifier: uid })));
  }
  const fields = { event: "submission_refused", testid: claim.testid, status: sent.status };
  log("warn", "The dashboard did not accept the results", fields);
  return answered(envelope(sent.status, without(sent.message, dashboard.apiKey)));
}

/** A dashboard's message without the key, in case it repeats the key. */
function without(message: string, apiKey: string): string {
  return apiKey.length < MIN_KEY_LENGTH ? message : message.replaceAll(apiKey, "…");
}

/** The answer to a submission with the client's key; the stored answer has an empty one. */
export function withKey<Given extends Answer>({ status, body, ...rest }: Given, apiKey: string): Given {
  const sent = (status === 200 ? JSON.parse(body) : {}) as {
    payload?: { payload?: { results?: { account: { apiKey: string } }[] } };
  };
  const results = sent.payload?.payload?.results ?? [];
  for (const { account } of results) account.apiKey = apiKey;
  return { ...rest, status, body: results.length === 0 ? body : JSON.stringify(sent) } as Given;
}

/** Whether the test has simulated the scenario's time period, from its start to its end. */
function isFinished(test: TestFields, testcase: TestCase): boolean {
  const { time_period } = decode(test, "scenario");
  if (time_period === null) return false;
  const snapshot = decode(test, "state");
  const { startTime, endTime } = timePeriod(testcase, time_period);
  return isAtEnd(snapshot) && snapshot.startTime === startTime && snapshot.endTime === endTime;
}

function resultOf(uid: string, nowMs: number, test: TestFields, testcase: TestCase, params: SubmitParams) {
  const { time_period, electricity_price, ...scenario } = decode(test, "scenario");
  return {
    uid,
    dateRun: new Date(nowMs).toISOString().replace("T", " ").replace("Z", "000+00:00"),
    isShared: true,
    account: { apiKey: params.apiKey },
    tags: params.tags,
    boptestVersion: BOPTEST_VERSION,
    controlStep: pythonFloat(decode(test, "step")),
    kpis: kpisOf(test, testcase),
    scenario: {
      timePeriod: time_period ?? "none",
      electricityPrice: electricity_price,
      temperatureUncertainty: orNone(scenario.temperature_uncertainty),
      solarUncertainty: orNone(scenario.solar_uncertainty),
      seed: orNone(scenario.seed),
    },
    buildingType: { uid: testcase.id },
  };
}

function orNone(value: Scenario[keyof Scenario]): string | number {
  return value ?? "none";
}

/** Sends results. @returns the dashboard's status if it refuses them; 502 or 504 if it cannot be reached, like a gateway */
async function post(url: string, payload: unknown): Promise<{ readonly status: number; readonly message: string }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(payload),
      redirect: "manual",
      signal: AbortSignal.timeout(DASHBOARD_MS),
    });
    const reason = (await response.text()).slice(0, MAX_REASON_LENGTH);
    if (response.ok) return { status: 200, message: "" };
    const message = `The dashboard refused the results with ${response.status}: ${reason}`;
    return { status: response.status >= 400 ? response.status : 502, message };
  } catch (error) {
    log("warn", "The dashboard cannot be reached", { event: "dashboard_unreachable" }, error);
    if (error instanceof Error && error.name === "TimeoutError") {
      return { status: 504, message: `The dashboard did not answer within ${DASHBOARD_MS / 1000} s.` };
    }
    return { status: 502, message: "The dashboard could not be reached." };
  }
}

/** A UUID derived from a text, so that a command that is computed again makes the same one. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A finite number in the format of Python's `str(float)`: dashboards group results by these texts. */
export function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    const [sign, power] = [exponent.slice(0, 1), exponent.slice(1)];
    return `${digits}e${sign}${power.padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}
