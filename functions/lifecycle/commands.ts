import { describeAllowed, describeNames, describeValue } from "../simulation/messages.ts";
import { readNumber } from "../simulation/numbers.ts";
import { MAX_STRETCH_SECONDS, MAX_TIME_SECONDS } from "../simulation/run.ts";
import { FRESH_SCENARIO, type Scenario } from "../simulation/scenario.ts";

/** A command's parameters as they go through the request stream. */
export interface InitializeParams {
  readonly startTime: number;
  readonly warmupPeriod: number;
  /** End of the scenario, s, or null for none. */
  readonly endTime: number | null;
}

export interface SetStepParams {
  readonly step: number;
}

/** The scenario's fields as a client sent them: the worker, which knows the test case, applies its rules. */
export type ScenarioParams = Readonly<Partial<Record<keyof Scenario, unknown>>>;

export interface SubmitParams {
  readonly apiKey: string;
  readonly tags: readonly string[];
  /** Whether to tell what would be sent, and send nothing. */
  readonly unitTest: boolean;
}

/** What of it goes through the request stream: all but the key, which is never stored. */
export type SubmissionParams = Omit<SubmitParams, "apiKey">;

/** Input values as a client sent them: the test case's own rules are applied by the worker. */
export type AdvanceParams = Readonly<Record<string, unknown>>;

/** What a client sent, read or refused. */
export type Read<T> = { readonly ok: true; readonly params: T } | { readonly ok: false; readonly message: string };

export type Body = Readonly<Record<string, unknown>>;

/** Inputs of one step: as many as a test case may have points. More are refused before anything looks at them. */
export const MAX_INPUTS = 2000;
/** Tags of one submission. */
const MAX_TAGS = 10;

const refused = (message: string) => ({ ok: false, message }) as const;

/** A finite number from 0 to `highest`, or the reason why it is none. */
function readSeconds(body: Body, field: string, highest: number): number | string {
  if (!Object.hasOwn(body, field)) {
    return `The field ${field} is missing. It must be a number of seconds, or a string of one, from 0 to ${highest}.`;
  }
  const value = readNumber(body[field]);
  if (value === undefined || !(value >= 0 && value <= highest)) {
    return `The field ${field} is ${describeValue(body[field])}. It must be a number of seconds, or a string of one, from 0 to ${highest}.`;
  }
  return value;
}

/** Reads the body of PUT initialize: `start_time`, `warmup_period` and, optionally, `final_time`. */
export function readInitialize(body: Body): Read<InitializeParams> {
  const startTime = readSeconds(body, "start_time", MAX_TIME_SECONDS);
  if (typeof startTime === "string") return refused(startTime);
  const warmupPeriod = readSeconds(body, "warmup_period", MAX_STRETCH_SECONDS);
  if (typeof warmupPeriod === "string") return refused(warmupPeriod);
  if (body.final_time === undefined || body.final_time === null) {
    return { ok: true, params: { startTime, warmupPeriod, endTime: null } };
  }
  const endTime = readNumber(body.final_time);
  if (endTime === undefined || Number.isNaN(endTime) || endTime < startTime) {
    return refused(
      `The field final_time is ${describeValue(body.final_time)}. It must be a number of seconds, or a string of one, not below start_time, or be left out.`,
    );
  }
  return { ok: true, params: { startTime, warmupPeriod, endTime: Number.isFinite(endTime) ? endTime : null } };
}

/** Reads the body of PUT step. */
export function readSetStep(body: Body): Read<SetStepParams> {
  const step = readSeconds(body, "step", MAX_STRETCH_SECONDS);
  return typeof step === "string" ? refused(step) : { ok: true, params: { step } };
}

/**
 * Reads the body of POST advance, as far as that needs no test case: values must be plain. Numbers beyond a double's range
 * (`1e999`) go as strings, for JSON cannot carry them to the worker.
 */
export function readAdvance(body: Body): Read<AdvanceParams> {
  const count = Object.keys(body).length;
  if (count > MAX_INPUTS) return refused(`There are ${count} inputs. At most ${MAX_INPUTS} are allowed.`);
  const found = Object.entries(body).find(([, value]) => !isPlain(value));
  if (found !== undefined) {
    const [name, value] = found.map((part) => describeValue(part));
    return refused(`The input ${name} is ${value}. It must be a number, or a string of one.`);
  }
  return { ok: true, params: Object.fromEntries(Object.entries(body).map(([name, value]) => [name, portable(value)])) };
}

/** Reads the body of PUT scenario, as far as that needs no test case. All fields are optional, so a wrong name is refused. */
export function readSetScenario(body: Body): Read<ScenarioParams> {
  const unknown = Object.keys(body).filter((field) => !Object.hasOwn(FRESH_SCENARIO, field));
  if (unknown.length > 0) {
    const noun = unknown.length === 1 ? "field" : "fields";
    const allowed = describeAllowed(Object.keys(FRESH_SCENARIO));
    return refused(`Unknown ${noun} ${describeNames(unknown)}. Allowed are ${allowed}.`);
  }
  const fields = Object.keys(FRESH_SCENARIO).filter((field) => Object.hasOwn(body, field));
  const found = fields.find((field) => !isPlain(body[field]));
  if (found !== undefined) {
    return refused(`The field ${found} is ${describeValue(body[found])}. It must be a string, or a number for seed.`);
  }
  return { ok: true, params: Object.fromEntries(fields.map((field) => [field, portable(body[field])])) };
}

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

function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function portable(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
