import type { EmulatorFailure } from "./protocol.ts";

/** Why a request has no result, as the reply tells it. */
export class EmulatorError extends Error {
  override readonly name: string = "EmulatorError";
  readonly failure: EmulatorFailure;
  /** The model failed while its state was restored. */
  isRestoring = false;
  /** With `ended`: when, s, as the model says. */
  endedAt: number | undefined;

  constructor(failure: EmulatorFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** A model's process ended by itself: the model may have crashed, or something outside may have killed the process. */
export class ProcessEnded extends EmulatorError {
  override readonly name = "ProcessEnded";
}

/** A model's process says what cannot be: nothing that it says can be believed. */
export function unasked(): EmulatorError {
  return new EmulatorError("crash", "the model answered what nobody had asked");
}
