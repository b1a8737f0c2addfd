import type { InputValues } from "./emulator.ts";
import { describeAllowed, describeNames, describeValue } from "./messages.ts";
import { readNumber } from "./numbers.ts";
import type { PointInfo, TestCase } from "./testcase.ts";

/** All held inputs from this step on, with warnings for the client; or the reason of a refusal. */
export type ReadInputs =
  | { readonly ok: true; readonly inputs: InputValues; readonly warnings: string[] }
  | { readonly ok: false; readonly message: string };

type ReadValue =
  | { readonly ok: true; readonly value: number; readonly warning?: string }
  | { readonly ok: false; readonly message: string };

/**
 * An input of this ending switches the input of the same name with `_u` on (1) or off (0). An input without such a partner
 * is always in force.
 */
const ACTIVATE = "_activate";

/** All inputs released: every value and every activation 0. Inputs that are always in force have their start values. */
export function releasedInputs({ inputs, starts }: TestCase): InputValues {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, starts?.[name] ?? 0]));
}

/**
 * Reads the inputs that a client gives with a step. Inputs are held: one that `body` does not name, or names with `null`,
 * keeps its value in `held`. A value outside the input's Minimum … Maximum is clipped, with a warning. One bad input
 * refuses all. `body` may carry any names and values: it comes from outside.
 */
export function readInputs(testcase: TestCase, held: InputValues, body: Readonly<Record<string, unknown>>): ReadInputs {
  const names = Object.keys(testcase.inputs);
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(testcase.inputs, name));
  if (unknown.length > 0) {
    const inputs = unknown.length === 1 ? "input" : "inputs";
    return {
      ok: false,
      message: `Unknown ${inputs} ${describeNames(unknown)}. Allowed are ${describeAllowed(names)}.`,
    };
  }
  const values: [string, number][] = [];
  const warnings: string[] = [];
  for (const [name, info] of Object.entries(testcase.inputs)) {
    const given = Object.hasOwn(body, name) ? (body[name] ?? null) : null;
    if (given === null) {
      values.push([name, held[name] ?? 0]);
      continue;
    }
    const read = name.endsWith(ACTIVATE) ? readActivation(name, given) : readValue(name, info, given);
    if (!read.ok) return read;
    if (read.warning !== undefined) warnings.push(read.warning);
    // −0 becomes 0: JSON, in which inputs are stored, knows no −0
    values.push([name, read.value + 0]);
  }
  return { ok: true, inputs: Object.fromEntries(values), warnings };
}

function readActivation(name: string, given: unknown): ReadValue {
  if (given === true || given === "true" || given === "True") return { ok: true, value: 1 };
  if (given === false || given === "false" || given === "False") return { ok: true, value: 0 };
  const value = readNumber(given);
  if (value === 1 || value === 0) return { ok: true, value };
  const allowed = "0 or 1, false or true, as a number, a boolean or a string of one";
  return { ok: false, message: `Invalid value ${describeValue(given)} for input ${name}. Allowed are ${allowed}.` };
}

function readValue(name: string, { Minimum, Maximum }: PointInfo, given: unknown): ReadValue {
  const lowest = Minimum ?? Number.NEGATIVE_INFINITY;
  const highest = Maximum ?? Number.POSITIVE_INFINITY;
  // As Python's float() has it, true is 1: clients switch equipment on with it.
  const value = typeof given === "boolean" ? Number(given) : readNumber(given);
  const clipped = Math.min(Math.max(value ?? Number.NaN, lowest), highest);
  if (value === undefined || !Number.isFinite(clipped)) {
    const range = Minimum === null && Maximum === null ? "" : `; values outside ${lowest} to ${highest} are clipped`;
    return {
      ok: false,
      message: `Invalid value ${describeValue(given)} for input ${name}. Allowed is a number or a string of a number${range}.`,
    };
  }
  if (clipped === value) return { ok: true, value };
  const warning = `Value ${describeValue(given)} for input ${name} is outside ${lowest} to ${highest} and was clipped to ${clipped}.`;
  return { ok: true, value: clipped, warning };
}
