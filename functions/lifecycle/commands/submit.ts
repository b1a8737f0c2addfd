import { createHash } from "node:crypto";
import { describeError, log } from "../../platform/log.ts";
import { describeValue } from "../../simulation/messages.ts";
import { isAtEnd } from "../../simulation/run.ts";
import { type Scenario, timePeriod } from "../../simulation/scenario.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Answer } from "../../streams/answer.ts";
import type { Claimed, TestFields } from "../../streams/claim.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import type { Ports } from "../ports.ts";
import { kpisOf } from "../queries/kpis.ts";
import { scenarioOf, snapshotOf } from "../record/record.ts";
import { type Body, type Read, refused } from "./bodies.ts";

export interface SubmitParams {
  readonly apiKey: string;
  readonly tags: readonly string[];
  /** Whether to tell what would be sent, and send nothing. */
  readonly unitTest: boolean;
}

/** What of it goes through the request stream: all but the key, which is never stored. */
export type SubmissionParams = Omit<SubmitParams, "apiKey">;

/** Tags of one submission. */
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

/** What results dashboards know the contract's version as, its line end included. */
const BOPTEST_VERSION = "1.0.0-dev\n";
/** How long the dashboard may take, ms: less than a client waits in one call. */
export const DASHBOARD_MS = 10_000;
/** A shorter key is none, and may be part of any word. */
const MIN_KEY_LENGTH = 4;
/** As much of a dashboard's own words as a message repeats. */
const MAX_REASON_LENGTH = 300;

/**
 * Reports a finished formal test to the results dashboard. A test's submission is a command like others, though it changes
 * nothing: so it comes after what was asked before it, and is not sent twice under one Idempotency-Key. Should a worker
 * die in between, the next one cannot go on with it: the key is with the call alone, and stored nowhere.
 */
export async function submit(
  ports: Ports,
  work: Claimed,
  testcase: TestCase,
  params: SubmissionParams,
): Promise<CarriedOut> {
  const { test, claim, request } = work;
  if (!isFinished(test, testcase)) {
    const message = "Only a test that has reached the end of a scenario's time_period can be submitted.";
    return answered(envelope(500, message));
  }
  const uid = uuidOf(`${claim.testid} ${request.id}`);
  const { dashboard } = ports;
  if (dashboard === undefined) {
    const message =
      "The submission was interrupted, and may have been sent or not: look at the dashboard before you submit again.";
    return answered(envelope(503, message));
  }
  const report = (apiKey: string) => {
    return { results: [resultOf(uid, ports.clock(), test, testcase, { ...params, apiKey })] };
  };
  const url = `${dashboard.url}/api/results`;
  if (params.unitTest) {
    // Stored without the key, which the call fills in.
    const payload = report("");
    const wouldBe = JSON.stringify({ dash_url: url, payload });
    return answered(envelope(200, "Nothing was sent: this is what would have been.", wouldBe));
  }
  const sent = await post(url, report(dashboard.apiKey));
  if (sent.status === 200) {
    return answered(envelope(200, "The results are on the dashboard.", JSON.stringify({ identifier: uid })));
  }
  log("warn", "dashboard took no results", { testid: claim.testid, status: sent.status });
  return answered(envelope(sent.status, without(sent.message, dashboard.apiKey)));
}

/** A dashboard's words without the key, should it repeat that. */
function without(message: string, apiKey: string): string {
  return apiKey.length < MIN_KEY_LENGTH ? message : message.replaceAll(apiKey, "…");
}

/** An answer to a submission with the client's own key, where the stored one has an empty one. */
export function withKey<Given extends Answer>({ status, body, ...rest }: Given, apiKey: string): Given {
  const sent = (status === 200 ? JSON.parse(body) : {}) as {
    payload?: { payload?: { results?: { account: { apiKey: string } }[] } };
  };
  const results = sent.payload?.payload?.results ?? [];
  for (const { account } of results) account.apiKey = apiKey;
  return { ...rest, status, body: results.length === 0 ? body : JSON.stringify(sent) } as Given;
}

/** Whether the time period that the scenario names was gone through, from its start to its end. */
function isFinished(test: TestFields, testcase: TestCase): boolean {
  const { time_period } = scenarioOf(test);
  if (time_period === null) return false;
  const snapshot = snapshotOf(test);
  const { startTime, endTime } = timePeriod(testcase, time_period);
  return isAtEnd(snapshot) && snapshot.startTime === startTime && snapshot.endTime === endTime;
}

function resultOf(uid: string, nowMs: number, test: TestFields, testcase: TestCase, params: SubmitParams) {
  const { time_period, electricity_price, ...scenario } = scenarioOf(test);
  return {
    uid,
    dateRun: new Date(nowMs).toISOString().replace("T", " ").replace("Z", "000+00:00"),
    isShared: true,
    account: { apiKey: params.apiKey },
    tags: params.tags,
    boptestVersion: BOPTEST_VERSION,
    controlStep: pythonFloat(Number(test.step)),
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

/** Sends results. The dashboard's own status where it refuses, else 502 or 504, as of any gateway. */
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
    log("warn", "dashboard is out of reach", { error: describeError(error) });
    if (error instanceof Error && error.name === "TimeoutError") {
      return { status: 504, message: `The dashboard did not answer within ${DASHBOARD_MS / 1000} s.` };
    }
    return { status: 502, message: "The dashboard could not be reached." };
  }
}

/** A UUID that follows from a text, so that computing a command again makes the same one. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A finite number as Python's `str(float)` writes it: dashboards group results by such texts. */
export function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    const [sign, power] = [exponent.slice(0, 1), exponent.slice(1)];
    return `${digits}e${sign}${power.padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}
