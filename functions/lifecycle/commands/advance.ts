import { statesIn } from "../../results/state.ts";
import { readInputs } from "../../simulation/inputs.ts";
import { describeValue } from "../../simulation/messages.ts";
import { beginAdvance, isAtEnd } from "../../simulation/run.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { Claimed } from "../../streams/claim.ts";
import type { Pace } from "../../streams/pace.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import type { Ports } from "../ports.ts";
import { countAdvance, snapshotOf, timingOf } from "../record/record.ts";
import { loadSnapshot } from "../simulate/stored-states.ts";
import { simulate } from "../simulate/stretch.ts";
import { type Body, isPlain, portable, type Read, refused } from "./bodies.ts";

/** Input values as a client sent them: the test case's own rules are applied by the worker. */
export type AdvanceParams = Readonly<Record<string, unknown>>;

/** Inputs of one step: as many as a test case may have points. More are refused before anything looks at them. */
export const MAX_INPUTS = 2000;
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

export async function advance(
  ports: Ports,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  params: AdvanceParams,
): Promise<CarriedOut> {
  const snapshot = snapshotOf(work.test);
  const stepSeconds = Number(work.test.step);
  const read = readInputs(testcase, snapshot.inputs, params);
  if (!read.ok) return answered(envelope(400, read.message));

  if (isAtEnd(snapshot)) {
    return answered(envelope(200, `The scenario ended at ${snapshot.endTime} s: nothing was advanced.`, "{}"));
  }
  const states = statesIn(ports.objects, work.test.lineage ?? "-");
  // Only a step that begins needs the state that it begins with.
  const whole = work.progress?.run === undefined ? await loadSnapshot(states, snapshot) : snapshot;
  const begun = () => beginAdvance(testcase, whole, read.inputs, stepSeconds);
  const simulated = await simulate(ports, work, pace, testcase, { begin: begun, restart: false });
  if (simulated.kind === "suspend") return simulated;

  const timing = countAdvance(timingOf(work.test), work.request.arrivalMs, ports.clock(), stepSeconds);
  const message = [`Advanced from ${snapshot.time} s to ${simulated.time} s.`, ...read.warnings].join(" ");
  return answered(envelope(200, message, simulated.points), {
    ...simulated.changes,
    fields: { ...simulated.changes.fields, time: String(simulated.time), timing: JSON.stringify(timing) },
  });
}
