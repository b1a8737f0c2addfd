import { describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";
import { beginInitialize, MAX_STRETCH_SECONDS, MAX_TIME_SECONDS } from "../../simulation/run.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Claimed } from "../../streams/claim.ts";
import type { Pace } from "../../streams/pace.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import type { Ports } from "../ports.ts";
import { NO_TIMING } from "../record/record.ts";
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

export async function start(ports: Ports, work: Claimed, pace: Pace, testcase: TestCase): Promise<CarriedOut> {
  const { startTime, warmupPeriod } = testcase.defaults;
  const simulated = await restart(ports, work, pace, testcase, { startTime, warmupPeriod, endTime: null });
  if (simulated.kind === "suspend") return simulated;
  const { changes } = simulated;
  const body = JSON.stringify({ testid: work.claim.testid });
  return answered(
    { status: 200, body },
    { ...changes, fields: { ...changes.fields, status: "Running" }, ownersStatus: "Running" },
  );
}

export async function initialize(
  ports: Ports,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  params: InitializeParams,
): Promise<CarriedOut> {
  const simulated = await restart(ports, work, pace, testcase, params);
  if (simulated.kind === "suspend") return simulated;
  const message = `Initialized at ${params.startTime} s after a warm-up of ${params.warmupPeriod} s.`;
  return answered(envelope(200, message, simulated.points), simulated.changes);
}

/**
 * Begins a test anew: clock, emulator, results, KPIs, the account of wall-clock time, and the draws of forecast errors.
 * Its step and scenario stay.
 */
export async function restart(
  ports: Ports,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  beginning: InitializeParams,
): Promise<Simulated> {
  const begin = () => beginInitialize(testcase, beginning);
  const simulated = await simulate(ports, work, pace, testcase, { begin, restart: true });
  if (simulated.kind === "suspend") return simulated;
  const { changes, time } = simulated;
  const fields = { ...changes.fields, time: String(time), timing: JSON.stringify(NO_TIMING), drawn: "" };
  return { ...simulated, changes: { ...changes, fields } };
}
