import type { Command } from "./commands.ts";

/** What a service said: its status and body. */
export interface Said {
  readonly status: number;
  readonly text: string;
}

/** A command that was sent, and what its client came to know of it. */
export interface Call {
  readonly command: Command;
  readonly isKeyed: boolean;
  /** On this machine's steady clock, ms. */
  readonly sentMs: number;
  endedMs: number;
  /** The request's id, where the service told it: from then on the command is promised to take effect. */
  requestid?: string;
  /** The answer. Without one and without an id the command may have taken effect or not. */
  answer?: Said;
}

/** An answer as it stands in the test's response stream. */
export interface Entry extends Said {
  readonly id: string;
}

/** What is left of a test before it is stopped, all of one moment. */
export interface Remains {
  readonly revision: number;
  readonly entries: readonly Entry[];
  /** As the API tells them: payloads. */
  readonly points: unknown;
  readonly kpis: unknown;
  readonly step: unknown;
  readonly scenario: unknown;
  readonly results: Readonly<Record<string, readonly number[]>>;
}

/** A test from select to stop. */
export interface Life {
  readonly testid: string;
  readonly testcaseid: string;
  readonly calls: readonly Call[];
  readonly remains: Remains;
}

/** A promise that was broken. */
export class Violation extends Error {
  override readonly name = "Violation";
}
