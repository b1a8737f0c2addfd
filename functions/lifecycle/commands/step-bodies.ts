import { describeValue } from "../../simulation/messages.ts";
import type { StepWarning } from "../../simulation/steps.ts";
import { type AdvanceParams, readAdvance } from "./advance.ts";
import type { Body, Read } from "./bodies.ts";

/** How a message calls a step (from 0), so that people and programs both find it. */
export type NameStep = (step: number) => string;

/** What messages call a step of a list that is the whole body. */
export function listStepName(steps: number): NameStep {
  return (step) => `Step ${step + 1} of ${steps} ([${step}])`;
}

/** Warnings that an answer repeats; of the others it tells how many there are. */
const MOST_WARNINGS = 10;

/** Reads the inputs of several steps, as far as that needs no test case: each an object, as `advance` takes one. */
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
      if (this.#sentences.length < MOST_WARNINGS) this.#sentences.push(`${name(step)}: ${message}`);
      else this.#others++;
    }
  }

  /** Behind a message. */
  appendTo(message: string): string {
    const others = this.#others === 0 ? [] : [`${this.#others} more values were clipped.`];
    return [message, ...this.#sentences, ...others].join(" ");
  }
}
