import type { Model, Verdict } from "../packages/model.ts";
import type { Grid, InputValues, PlannedStep } from "../simulation/emulator.ts";
import type { Confinement } from "./confinement/confinement.ts";

/**
 * A request to the emulator function: initialize a model, or continue from a state. Everything is sent by value, so that the
 * function needs no permission. Its holder can GET the package from the URL for some minutes.
 */
export interface EmulatorRequest {
  /** The uploader of the package: an instance that has run one owner's package never runs another's. */
  readonly owner: string;
  readonly package: {
    /** SHA-256 of the file, in hex: checked before the file is used. */
    readonly hash: string;
    readonly url: string;
    readonly model: Model;
  };
  /** Times in s. */
  readonly work:
    | { readonly kind: "initialize"; readonly time: number }
    | {
        readonly kind: "advance";
        /** The state of an earlier reply, base64. */
        readonly state: string;
        readonly inputs: InputValues;
        readonly grid: Grid;
        /** Intervals of the grid, `from` inclusive, `to` exclusive. */
        readonly from: number;
        readonly to: number;
        /** The serialized state is unusable: the model's history is repeated, and from then on the state is kept as a history. */
        readonly replays?: boolean;
        /** If the process that made the state computes, a fresh process restores the state and computes the same again. */
        readonly checks?: boolean;
      };
  /** A model that computes for longer is ended, ms. */
  readonly limitMs: number;
}

/**
 * A request of intake: try a package's model in fresh processes, and verify that its saved state is complete. `limitMs`: the time
 * limit of one initialization or one step.
 */
export interface VerifyRequest extends Pick<EmulatorRequest, "owner" | "package" | "limitMs"> {
  readonly work: {
    readonly kind: "verify";
    /** The start time of the model's tests, s. */
    readonly time: number;
    readonly overrides: readonly Override[];
    /** The time limit of the whole verification, ms. The comparisons made until then decide. */
    readonly budgetMs: number;
    /** The largest number of simulated hours to compare; 72 by default. Fewer than 24 hours prove little. */
    readonly hours?: number;
  };
}

/** A request of rollouts: continue from one state in several ways. Nothing is kept but samples. */
export interface CandidatesRequest extends Pick<EmulatorRequest, "owner" | "package" | "limitMs"> {
  readonly work: {
    readonly kind: "candidates";
    /** As in `EmulatorRequest`. */
    readonly state: string;
    readonly candidates: readonly (readonly PlannedStep[])[];
    /** After so many ms no further candidate is begun. `limitMs` is the time limit of each. */
    readonly budgetMs: number;
  };
}

export type CandidatesReply =
  | {
      readonly ok: true;
      /**
       * Of the first candidates, one at least, the samples of all steps, as in `EmulatorReply`; null for one that came to no end: it
       * failed, or the model cannot be put to the state at once. The rest is to be asked for again.
       */
      readonly samples: readonly (string | null)[];
      readonly log: readonly string[];
      readonly confinement: Confinement | undefined;
    }
  | Extract<EmulatorReply, { ok: false }>;

/** An input that is overwritten now and then during the verification, with values between these two. */
export interface Override {
  readonly input: string;
  /** Undefined for an input that is always in force. */
  readonly activate: string | undefined;
  readonly lowest: number;
  readonly highest: number;
}

export type VerifyReply =
  | { readonly ok: true; readonly verdict: Verdict; readonly log: readonly string[] }
  | Extract<EmulatorReply, { ok: false }>;

/** Why there is no result. The test stays at its last state in all cases. */
export type EmulatorFailure =
  /** The model reported it: fmi2Error, fmi2Fatal, a discarded step. */
  | "model"
  /** It ended the simulation by itself, which is no fault: there is nothing after that time. */
  | "ended"
  /** Its process ended by a signal, or exited by itself. */
  | "crash"
  /** It computed for longer than the limit. */
  | "timeout"
  /** It took more memory than allowed. */
  | "memory"
  /** The saved state is incomplete: continuing from it gives other values than continuing without it. */
  | "state"
  /** It wrote more bytes or files than allowed. */
  | "space"
  /** The repetition of the history is not finished, see `replayed`. The same request again continues it. */
  | "replaying"
  /** The model cannot be loaded: a missing library, another platform, a damaged file. */
  | "load"
  /** The package cannot be fetched now. The model is not the cause. */
  | "unavailable"
  /** This instance has run another owner's package, and runs no other. Another instance may. */
  | "owner";

/** How far a test's history is repeated, in simulated seconds. */
export interface Replayed {
  readonly doneSeconds: number;
  readonly ofSeconds: number;
  /** Whether this call began the repetition at the test's start. */
  readonly hasBegun: boolean;
}

export type EmulatorReply =
  | {
      readonly ok: true;
      /** The model's whole state: opaque, compressed, base64. Equal states have equal bytes. */
      readonly state: string;
      /** `packSamples`, base64. Columns: time, current inputs, outputs. */
      readonly samples: string;
      /** The last lines that the model logged during the call. */
      readonly log: readonly string[];
      /** The model's computing time, ms, and whether its process made the state. */
      readonly computeMs: number;
      readonly warm: boolean;
      /** Whether a fresh process computed the same result. */
      readonly checked?: boolean;
      /** The rights that the model's process gave up before it loaded the model. */
      readonly confinement: Confinement;
    }
  | {
      readonly ok: false;
      readonly failure: EmulatorFailure;
      /** A sentence for the test's owner. */
      readonly message: string;
      readonly log: readonly string[];
      /** The model failed while its state was restored, before the step. */
      readonly restoring?: boolean;
      /** With `replaying`. */
      readonly replayed?: Replayed;
    };
