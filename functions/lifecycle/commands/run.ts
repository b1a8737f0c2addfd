import { describeAllowed, describeNames, describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";
import { isAtEnd } from "../../simulation/run.ts";
import type { Answer } from "../../streams/answer.ts";
import type { TestFields } from "../../streams/claim.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { decode, encode } from "../record/record.ts";
import {
  describeRun,
  halted,
  MAX_SPEED,
  MIN_SPEED,
  mostSteps,
  NONE_LATE,
  stepsLeft,
  type TestRun,
} from "../runs/test-run.ts";
import { type Body, type Read, refused } from "./bodies.ts";

export interface RunParams {
  readonly speed: number | "max";
  /** s; null for no such time. */
  readonly until: number | null;
}

/** Reads the body of POST run: `speed`, 1 if it is left out, and `until`. Both are optional, so a wrong name is refused. */
export function readRun(body: Body): Read<RunParams> {
  const unknown = Object.keys(body).filter((field) => field !== "speed" && field !== "until");
  if (unknown.length > 0) {
    const noun = unknown.length === 1 ? "field" : "fields";
    return refused(`Unknown ${noun} ${describeNames(unknown)}. Allowed are ${describeAllowed(["speed", "until"])}.`);
  }
  const given = body.speed ?? 1;
  const speed = given === "max" ? given : readNumber(given);
  if (speed === undefined || (speed !== "max" && !(speed >= MIN_SPEED && speed <= MAX_SPEED))) {
    return refused(
      `The field speed is ${describeValue(given)}. It must be "max", or a number from ${MIN_SPEED} to ${MAX_SPEED}: simulated seconds for each second of the clock.`,
    );
  }
  if (body.until === undefined || body.until === null) return { ok: true, params: { speed, until: null } };
  const until = readNumber(body.until);
  if (until === undefined || !Number.isFinite(until)) {
    return refused(
      `The field until is ${describeValue(body.until)}. It must be a number of seconds, or a string of one, or be left out.`,
    );
  }
  return { ok: true, params: { speed, until } };
}

/** Begins a run from where the test stands, now. One that is running is replaced by it. */
export function run({ testcase, test, request, clock }: Context, { speed, until }: RunParams): CarriedOut {
  const snapshot = decode(test, "state");
  const { time, endTime } = snapshot;
  const step = decode(test, "step");
  if (step === 0)
    return answered(envelope(400, "The step is 0 s: a run would never come to an end. Set a step first."));
  if (isAtEnd(snapshot))
    return answered(envelope(400, `The scenario ended at ${endTime} s: there is no step to take.`));
  if (stepsLeft({ time, step, until, endTime }) === 0) {
    const message = `The field until is ${until} s, and the test is at ${time} s: no step of ${step} s ends by then.`;
    return answered(envelope(400, message));
  }
  const nowMs = clock();
  const begun: TestRun = {
    id: request.id,
    speed,
    status: "running",
    reason: null,
    until,
    endTime,
    step,
    beganMs: nowMs,
    fromTime: time,
    time,
    steps: 0,
    most: mostSteps(testcase.emulator.cost, step),
    late: NONE_LATE,
  };
  const pace = speed === "max" ? "as fast as workers go" : `at ${speed} times real time`;
  const message = `The test runs by itself from ${time} s on, ${pace}.`;
  return answered(envelope(200, message, JSON.stringify(describeRun(begun, nowMs))), {
    fields: encode({ run: begun }),
  });
}

export interface PauseParams {
  /** Only this run, and why it is paused: not from a client. */
  readonly run?: string;
  readonly reason?: string;
}

/** Pauses the run, after the step that is being taken. The test stays where it is. */
export function pause({ test, clock }: Context, params: PauseParams): CarriedOut {
  const found = decode(test, "run");
  if (found === null) return answered(envelope(200, "The test has no run."));
  const tell = (message: string, told: TestRun) => envelope(200, message, JSON.stringify(describeRun(told, clock())));
  if (found.status !== "running" || (params.run ?? found.id) !== found.id) {
    return answered(tell("The test does not run by itself.", found));
  }
  const paused = halted(found, "paused", params.reason ?? "A client has paused it.");
  return answered(tell(`The run is paused at ${found.time} s.`, paused), { fields: encode({ run: paused }) });
}

/** What moves the test's clock, or changes its step. */
const MOVES = new Set(["advance", "advance_with", "advance_many", "initialize", "restore", "set_step"]);

/**
 * While a run is running, it alone moves the test's clock: a step in between would put the test ahead of the clock. Whoever
 * does not know of the run is told.
 *
 * @returns the refusal of such a command; undefined for any other
 */
export function refuseDuringRun(test: TestFields, method: string, params: unknown): Answer | undefined {
  const beginsAnew = method === "set_scenario" && ((params as { time_period?: unknown }).time_period ?? null) !== null;
  if (!MOVES.has(method) && !beginsAnew) return undefined;
  const found = decode(test, "run");
  if (found?.status !== "running") return undefined;
  const pace = found.speed === "max" ? "as fast as workers go" : `at ${found.speed} times real time`;
  const message = `The test runs by itself, ${pace}: nothing else moves its clock meanwhile. Set inputs with PUT /inputs/{testid}, or pause the run with DELETE /tests/{testid}/run first. Nothing was changed.`;
  return envelope(409, message);
}
