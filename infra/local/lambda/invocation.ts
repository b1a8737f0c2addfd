import type { FunctionName } from "../../bundle.ts";
import type { Outcome } from "./host/instance.ts";
import type { FunctionError } from "./host/protocol.ts";

/** A function failed, or its process ended before the function did. */
export class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";
  /** The function's error; undefined if its process ended. */
  readonly error: FunctionError | undefined;

  constructor(name: FunctionName, reason: string, error?: FunctionError) {
    super(`${name}: ${reason}`);
    this.error = error;
  }
}

/** The function's result. @throws InvocationFailed */
export function resultOf(name: FunctionName, outcome: Outcome): unknown {
  if (outcome.kind === "lost") throw new InvocationFailed(name, outcome.reason);
  if (outcome.kind === "error") throw new InvocationFailed(name, outcome.error.errorMessage, outcome.error);
  return outcome.payload === undefined ? undefined : JSON.parse(outcome.payload);
}
