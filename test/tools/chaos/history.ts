import type { Body, Command } from "./commands.ts";

/** What a service said: its status and body. */
export interface Said {
  readonly status: number;
  readonly text: string;
}

/** From when to when a client was at something, on this machine's steady clock, ms. */
export interface Span {
  readonly sentMs: number;
  readonly endedMs: number;
}

/** A command that was sent, and what its client came to know of it. */
export interface Call extends Span {
  readonly command: Command;
  /** The request's id, where the service told it: from then on the command is promised to take effect. */
  readonly requestid?: string;
  /** The answer. Without one and without an id the command may have taken effect or not. */
  readonly answer?: Said;
}

/** Inputs that were tried from where the test stood at some moment of the span. */
export interface Rollout extends Span {
  readonly inputs: readonly Body[];
  /** Seconds. */
  readonly step: number;
  readonly answer: Said;
}

/** A test that was made of another as it, or one of its checkpoints, stood at some moment of the span. */
export interface Fork extends Span {
  readonly checkpoint: string | undefined;
  readonly answer: Said;
  /** What became of it; undefined where the answer is that it was not made. */
  readonly life: Life | undefined;
}

/** An answer as it stands in the test's response stream. */
export interface Entry extends Said {
  readonly id: string;
}

/** What is left of a test before it is stopped, all of one moment. */
export interface Remains {
  readonly revision: number;
  readonly entries: readonly Entry[];
  /** The lineages of result segments and checkpoints that the test is in. */
  readonly lineages: readonly string[];
  /** When all this was read, ms by the wall clock of this process. */
  readonly seenMs: number;
  /** As the API tells them: payloads. */
  readonly points: unknown;
  readonly kpis: unknown;
  readonly step: unknown;
  readonly scenario: unknown;
  readonly results: Readonly<Record<string, readonly number[]>>;
}

/** A test from select, or from its fork, to stop. */
export interface Life {
  readonly testid: string;
  readonly testcaseid: string;
  readonly calls: readonly Call[];
  readonly rollouts: readonly Rollout[];
  readonly forks: readonly Fork[];
  readonly remains: Remains;
}

/** A promise that was broken. */
export class Violation extends Error {
  override readonly name = "Violation";
}
