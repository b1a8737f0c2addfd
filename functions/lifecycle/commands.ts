import { describeValue } from "../simulation/messages.ts";
import { readNumber } from "../simulation/numbers.ts";
import { MAX_STRETCH_SECONDS, MAX_TIME_SECONDS } from "../simulation/run.ts";

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

/** Input values as a client sent them: the test case's own rules are applied by the worker. */
export type AdvanceParams = Readonly<Record<string, unknown>>;

/** What a client sent, read or refused. */
export type Read<T> = { readonly ok: true; readonly params: T } | { readonly ok: false; readonly message: string };

export type Body = Readonly<Record<string, unknown>>;

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
  const params: [string, unknown][] = [];
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === "object" && value !== null) {
      return refused(
        `The input ${describeValue(name)} is ${describeValue(value)}. It must be a number, or a string of one.`,
      );
    }
    params.push([name, typeof value === "number" && !Number.isFinite(value) ? String(value) : value]);
  }
  return { ok: true, params: Object.fromEntries(params) };
}
