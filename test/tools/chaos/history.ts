import type { Body, Command } from "./commands.ts";

/** A response of the service: its status and body. */
export interface Said {
  readonly status: number;
  readonly text: string;
}

/** The time in which a client did something, by this machine's steady clock, ms. */
export interface Span {
  readonly sentMs: number;
  readonly endedMs: number;
}

/** A command that was sent, and its client's knowledge of it. */
export interface Call extends Span {
  readonly command: Command;
  /** The request's id, if the service answered it: from then on the command is promised to take effect. */
  readonly requestid?: string;
  /** The answer. Without answer and id the command may have taken effect or not. */
  readonly answer?: Said;
  /** Messages of one list take effect in its order: the one before it. */
  readonly follows?: Call;
  /** The database went back meanwhile: what was told of the command may be lost. */
  readonly isDoubtful?: boolean;
}

/** Inputs that were tried from the test's state at some moment of the span. */
export interface Rollout extends Span {
  readonly inputs: readonly Body[];
  /** Seconds. */
  readonly step: number;
  readonly answer: Said;
}

/** A test forked from the state of another, or of its checkpoint, at some moment of the span. */
export interface Fork extends Span {
  readonly checkpoint: string | undefined;
  readonly answer: Said;
  /** The fork's life; undefined if the answer is a refusal. */
  readonly life: Life | undefined;
}

/** An answer in the test's response stream. */
export interface Entry extends Said {
  readonly id: string;
}

/** The state of a test before it is stopped, all of one moment. */
export interface Remains {
  readonly revision: number;
  readonly entries: readonly Entry[];
  /** The test's lineages of result segments and checkpoints. */
  readonly lineages: readonly string[];
  /** When this was read, ms by the wall clock of this process. */
  readonly seenMs: number;
  /** The payloads of the API's answers. */
  readonly points: unknown;
  readonly kpis: unknown;
  readonly step: unknown;
  readonly scenario: unknown;
  readonly results: Readonly<Record<string, readonly number[]>>;
}

/** A test, from select or fork to stop. */
export interface Life {
  readonly testid: string;
  readonly testcaseid: string;
  readonly calls: readonly Call[];
  readonly rollouts: readonly Rollout[];
  readonly forks: readonly Fork[];
  readonly remains: Remains;
}

/** A broken promise. */
export class Violation extends Error {
  override readonly name = "Violation";
}
