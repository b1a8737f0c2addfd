import type { EmulatorFailure } from "./protocol.ts";

/** Why a request has no result: what the reply says. */
export class EmulatorError extends Error {
  override readonly name: string = "EmulatorError";
  readonly failure: EmulatorFailure;
  /** It happened while the model was put to its state. */
  isRestoring = false;

  constructor(failure: EmulatorFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** A model's process ended, and nobody here had ended it: the model may have crashed, or somebody else have killed it. */
export class ProcessEnded extends EmulatorError {
  override readonly name = "ProcessEnded";
}
