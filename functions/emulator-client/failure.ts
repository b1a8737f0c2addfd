import type { EmulatorFailure, Replayed } from "../emulator/protocol.ts";

/** A model could not simulate what it was asked for, and would not the next time. */
export class ModelFailed extends Error {
  override readonly name = "ModelFailed";
  /** As the emulator function tells it; `size` where what it holds or answers is more than Lambda carries. */
  readonly failure: EmulatorFailure | "size";
  /** What the model logged last. */
  readonly log: readonly string[];
  /** It failed while it was put to its state: what it was asked for is not to blame. */
  isRestoring = false;

  constructor(failure: ModelFailed["failure"], message: string, log: readonly string[] = [], cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
    this.log = log;
  }
}

/** The model could not be asked, so nothing is known of what it would have done: it may be asked later. */
export class ModelUnavailable extends Error {
  override readonly name: string = "ModelUnavailable";
}

/** The model is on its way: what was simulated is being simulated again, and whoever asks once more goes on with that. */
export class ModelReplaying extends ModelUnavailable {
  override readonly name = "ModelReplaying";
  readonly replayed: Replayed;
  /** The model could not be put to the state that it saved: whoever asks once more need not try that again. */
  isFallback = false;

  constructor(message: string, replayed: Replayed) {
    super(message);
    this.replayed = replayed;
  }
}

/** Models cannot be asked here at all: somebody else can. */
export class ModelElsewhere extends ModelUnavailable {
  override readonly name = "ModelElsewhere";
}
