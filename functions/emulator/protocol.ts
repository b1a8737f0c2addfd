import type { Model, Verdict } from "../packages/model.ts";
import type { Grid, InputValues } from "../simulation/emulator.ts";
import type { Confinement } from "./confinement/confine.ts";

/**
 * What the emulator function is asked: to initialize a model, or to go on with it from a state. By value, so that the
 * function needs no right of its own; the package comes from a URL that whoever has it may GET for some minutes.
 */
export interface EmulatorRequest {
  /** Who uploaded the package: an instance that has run one owner's package never runs another's. */
  readonly owner: string;
  readonly package: {
    /** SHA-256 of the file, in hex: checked before anything of it is used. */
    readonly hash: string;
    readonly url: string;
    readonly model: Model;
  };
  /** Times in s. */
  readonly work:
    | { readonly kind: "initialize"; readonly time: number }
    | {
        readonly kind: "advance";
        /** What an earlier reply gave, base64. */
        readonly state: string;
        readonly inputs: InputValues;
        readonly grid: Grid;
        /** Intervals of the grid, `from` inclusive, `to` exclusive. */
        readonly from: number;
        readonly to: number;
        /** A serialized state is of no use: what was done with the model is done again, and the state is kept so from then on. */
        readonly replays?: boolean;
        /** If the model's process is the one that made the state, a fresh one that is put to it computes the same again. */
        readonly checks?: boolean;
      };
  /** The model is ended when it computes for longer, ms. */
  readonly limitMs: number;
}

/**
 * What intake asks: try a package's model in fresh processes, and verify that its saved state is its state. `limitMs`: what
 * one initialization, or one step, may take.
 */
export interface VerifyRequest extends Pick<EmulatorRequest, "owner" | "package" | "limitMs"> {
  readonly work: {
    readonly kind: "verify";
    /** Where a test of it begins, s. */
    readonly time: number;
    readonly overrides: readonly Override[];
    /** What the whole verification may take, ms. The comparisons that were made by then decide. */
    readonly budgetMs: number;
    /** How many simulated hours are compared at most; 72 unless told. Fewer than 24 hours prove little. */
    readonly hours?: number;
  };
}

/** An input that is overwritten now and then while a model is verified, with values between these two. */
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

/** Why there is no result. None of these changes anything: the test stays at its last state. */
export type EmulatorFailure =
  /** The model said so: fmi2Error, fmi2Fatal, a step that it discarded. */
  | "model"
  /** Its process ended: a signal, or an exit that nobody asked for. */
  | "crash"
  /** It computed for longer than the limit. */
  | "timeout"
  /** It took more memory than it may have. */
  | "memory"
  /** What it saved is not its state: going on from it gives other values than going on without. */
  | "state"
  /** It wrote more, or more files, than it may. */
  | "space"
  /** What was done with the model is not done again yet, see `replayed`. Whoever asks the same once more goes on with it. */
  | "replaying"
  /** It could not be loaded: a missing library, another platform, a damaged file. */
  | "load"
  /** Its package could not be had, which is not the model's fault: later it may. */
  | "unavailable"
  /** This instance has run another owner's package, and runs no other any more. Another instance may. */
  | "owner";

/** How far a test's history is done again, in simulated seconds. */
export interface Replayed {
  readonly doneSeconds: number;
  readonly ofSeconds: number;
  /** Whether it was begun from the test's beginning in this call. */
  readonly hasBegun: boolean;
}

export type EmulatorReply =
  | {
      readonly ok: true;
      /** All of the model's state: opaque, compressed, base64. Equal states have equal bytes. */
      readonly state: string;
      /** `encodeSamples`, gzip, base64. Columns: time, inputs as in force, outputs. */
      readonly samples: string;
      /** What the model logged meanwhile, the last lines. */
      readonly log: readonly string[];
      /** What the model itself took, ms, and whether its process was the one that made the state. */
      readonly computeMs: number;
      readonly warm: boolean;
      /** Whether a fresh process computed it as well, and came to the same. */
      readonly checked?: boolean;
      /** What the model's process had given up before it loaded the model. */
      readonly confinement: Confinement;
    }
  | {
      readonly ok: false;
      readonly failure: EmulatorFailure;
      /** A sentence for the test's owner. */
      readonly message: string;
      readonly log: readonly string[];
      /** It failed while it was put to its state, before it was asked to go on. */
      readonly restoring?: boolean;
      /** With `replaying`. */
      readonly replayed?: Replayed;
    };
