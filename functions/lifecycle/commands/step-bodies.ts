import { describeValue } from "../../simulation/messages.ts";
import type { StepWarning } from "../../simulation/steps.ts";
import { type AdvanceParams, readAdvance } from "./advance.ts";
import type { Body, Read } from "./bodies.ts";

/** The name of a step (from 0) in messages: for people and for programs. */
export type NameStep = (step: number) => string;

/** The name of a step where the body is the list of steps. */
export function listStepName(steps: number): NameStep {
  return (step) => `Step ${step + 1} of ${steps} ([${step}])`;
}

/** Most warnings in an answer. It counts the others. */
const MAX_WARNINGS = 10;

/** Reads the inputs of several steps, without the rules of the test case. Each step is an object, as in `advance`. */
export function readStepBodies(list: readonly unknown[], name: NameStep): Read<readonly AdvanceParams[]> {
  const bodies: AdvanceParams[] = [];
  for (const [step, body] of list.entries()) {
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      const message = `${name(step)}: it is ${describeValue(body)}. It must be an object of inputs, as advance takes one.`;
      return { ok: false, message };
    }
    const read = readAdvance(body as Body);
    if (!read.ok) return { ok: false, message: `${name(step)}: ${read.message}` };
    bodies.push(read.params);
  }
  return { ok: true, params: bodies };
}

/** Warnings as sentences, the first few in full. */
export class Warnings {
  readonly #sentences: string[] = [];
  #others = 0;

  add(warnings: readonly StepWarning[], name: NameStep): void {
    for (const { step, message } of warnings) {
      if (this.#sentences.length < MAX_WARNINGS) this.#sentences.push(`${name(step)}: ${message}`);
      else this.#others++;
    }
  }

  /** The message, followed by the warnings. */
  appendTo(message: string): string {
    const others = this.#others === 0 ? [] : [`${this.#others} more values were clipped.`];
    return [message, ...this.#sentences, ...others].join(" ");
  }
}
