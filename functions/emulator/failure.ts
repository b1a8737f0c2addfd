import type { EmulatorFailure } from "./protocol.ts";

/** Why a request has no result: what the reply says. */
export class EmulatorError extends Error {
  readonly failure: EmulatorFailure;

  constructor(failure: EmulatorFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EmulatorError";
    this.failure = failure;
  }
}
