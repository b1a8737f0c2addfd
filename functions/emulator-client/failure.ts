import type { EmulatorFailure, EmulatorReply, Replayed } from "../emulator/protocol.ts";

/** The model cannot simulate the request. Repeating it would fail again. */
export class ModelFailed extends Error {
  override readonly name = "ModelFailed";
  /** The emulator function's reason; `size` if the state or the reply is larger than Lambda allows. */
  readonly failure: EmulatorFailure | "size";
  /** The model's last log lines. */
  readonly log: readonly string[];
  /** The model failed while it restored its state: the request is not the cause. */
  isRestoring = false;

  constructor(failure: ModelFailed["failure"], message: string, log: readonly string[] = [], cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
    this.log = log;
  }
}

/** The model could not be called, so that its result is unknown. A later call may succeed. */
export class ModelUnavailable extends Error {
  override readonly name: string = "ModelUnavailable";
}

/** The model is repeating its history. The next call continues from the point reached. */
export class ModelReplaying extends ModelUnavailable {
  override readonly name = "ModelReplaying";
  readonly replayed: Replayed;
  /** The model could not restore its saved state: the next call replays at once. */
  isFallback = false;

  constructor(message: string, replayed: Replayed) {
    super(message);
    this.replayed = replayed;
  }
}

/** This process cannot call models, or not for long: a worker can. */
export class ModelElsewhere extends ModelUnavailable {
  override readonly name = "ModelElsewhere";
  /** The model could not restore its saved state: the worker replays at once. */
  isFallback = false;
}

/** The failure that the emulator function reports of a model. */
export function failureOf({ failure, message, log, restoring }: Extract<EmulatorReply, { ok: false }>): ModelFailed {
  const failed = new ModelFailed(failure, message, log);
  failed.isRestoring = restoring === true;
  return failed;
}
