import { SAMPLE_SECONDS } from "../../simulation/grid.ts";
import { describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";
import { beginInitialize, MAX_STRETCH_SECONDS, MAX_TIME_SECONDS } from "../../simulation/run.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { encode, NO_TIMING } from "../record/record.ts";
import { type Simulated, simulate } from "../simulate/stretch.ts";
import { type Body, type Read, readSeconds, refused } from "./bodies.ts";

export interface InitializeParams {
  readonly startTime: number;
  readonly warmupPeriod: number;
  /** End of the scenario, s, or null for none. */
  readonly endTime: number | null;
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

/** The time that an initialization simulates, s. An initial condition without a warm-up counts as one sample. */
export function secondsOfInitialize({ startTime, warmupPeriod }: InitializeParams): number {
  return Math.max(SAMPLE_SECONDS, Math.min(startTime, warmupPeriod));
}

export async function initialize(context: Context, params: InitializeParams): Promise<CarriedOut> {
  const simulated = await restart(context, params);
  if (simulated.kind === "suspend") return simulated;
  const message = `Initialized at ${params.startTime} s after a warm-up of ${params.warmupPeriod} s.`;
  return answered(envelope(200, message, simulated.points), simulated.changes);
}

/** Starts a new test at the defaults of its test case. It is Running afterwards. */
export async function start(context: Context): Promise<CarriedOut> {
  const { startTime, warmupPeriod } = context.testcase.defaults;
  const simulated = await restart(context, { startTime, warmupPeriod, endTime: null });
  if (simulated.kind === "suspend") return simulated;
  const { changes } = simulated;
  const body = JSON.stringify({ testid: context.claim.testid });
  return answered(
    { status: 200, body },
    { ...changes, fields: { ...changes.fields, status: "Running" }, ownersStatus: "Running" },
  );
}

/**
 * Begins a test anew: clock, emulator, results, KPIs, account of wall-clock time, draws of forecast errors. Step and
 * scenario stay.
 */
export async function restart(context: Context, beginning: InitializeParams): Promise<Simulated> {
  const begin = () => beginInitialize(context.testcase, beginning);
  const simulated = await simulate(context, { begin, restart: true });
  if (simulated.kind === "suspend") return simulated;
  const { changes } = simulated;
  const fields = { ...changes.fields, ...encode({ timing: NO_TIMING, drawn: "" }) };
  return { ...simulated, changes: { ...changes, fields } };
}
