import { statesIn } from "../../results/state.ts";
import { readInputs } from "../../simulation/inputs.ts";
import { describeValue } from "../../simulation/messages.ts";
import { beginAdvance, isAtEnd } from "../../simulation/run.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { countAdvance, decode, encode } from "../record/record.ts";
import { loadSnapshot } from "../simulate/stored-states.ts";
import { simulate } from "../simulate/stretch.ts";
import { type Body, isPlain, portable, type Read, refused } from "./bodies.ts";

/** Input values as a client sent them. The worker applies the rules of the test case. */
export type AdvanceParams = Readonly<Record<string, unknown>>;

/** Most inputs of one step: as many as a test case may have points. */
export const MAX_INPUTS = 2000;

/**
 * Reads the body of POST advance, without the rules of the test case: values must be plain. Numbers beyond the range of a
 * double (`1e999`) become strings, because JSON cannot transport them to the worker.
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

export async function advance(context: Context, params: AdvanceParams): Promise<CarriedOut> {
  const { testcase, test, progress, request } = context;
  const snapshot = decode(test, "state");
  const stepSeconds = decode(test, "step");
  const read = readInputs(testcase, snapshot.inputs, params);
  if (!read.ok) return answered(envelope(400, read.message));

  if (isAtEnd(snapshot)) {
    return answered(envelope(200, `The scenario ended at ${snapshot.endTime} s: nothing was advanced.`, "{}"));
  }
  const states = statesIn(context.objects, decode(test, "lineage"));
  // Only a step that begins needs the emulator state of the test.
  const whole = progress?.run === undefined ? await loadSnapshot(states, snapshot) : snapshot;
  const begin = () => beginAdvance(testcase, whole, read.inputs, stepSeconds);
  const simulated = await simulate(context, { begin, restart: false });
  if (simulated.kind === "suspend") return simulated;

  const { changes, points, time } = simulated;
  const timing = countAdvance(decode(test, "timing"), request.arrivalMs, context.clock(), stepSeconds);
  const message = [`Advanced from ${snapshot.time} s to ${time} s.`, ...read.warnings].join(" ");
  return answered(envelope(200, message, points), {
    ...changes,
    fields: { ...changes.fields, ...encode({ timing }) },
  });
}
