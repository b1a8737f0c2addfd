import type { FunctionName } from "../bundle.ts";
import type { Outcome } from "./host/instance.ts";
import type { FunctionError } from "./host/protocol.ts";

/** A function ended with an error, or its process ended before it did. */
export class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";
  /** What the function threw; undefined if its process was lost. */
  readonly error: FunctionError | undefined;

  constructor(name: FunctionName, reason: string, error?: FunctionError) {
    super(`${name}: ${reason}`);
    this.error = error;
  }
}

/** What a function returned, or an error where it returned nothing. */
export function resultOf(name: FunctionName, outcome: Outcome): unknown {
  if (outcome.kind === "lost") throw new InvocationFailed(name, outcome.reason);
  if (outcome.kind === "error") throw new InvocationFailed(name, outcome.error.errorMessage, outcome.error);
  return outcome.payload === undefined ? undefined : JSON.parse(outcome.payload);
}
