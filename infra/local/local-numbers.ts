import { availableParallelism } from "node:os";
import { ENV } from "../../functions/platform/environment.ts";
import type { FunctionName } from "../bundle.ts";

/** What the template does not say, because Lambda needs no such limits: how much of this machine each function gets. */
export interface LocalNumbers {
  /** How many processes there are at most. */
  processes: number;
  /**
   * How many invocations a process works on at a time. Lambda gives each its own; where a function mostly waits, many in
   * one process let one machine serve hundreds of clients.
   */
  concurrency: number;
  /** After how long without work a process ends, ms; left out, it stays. */
  idleMs?: number;
}

/**
 * Limits that keep callers from each other, and from what it costs, are out of the way here: all callers have one
 * address, and the machine is theirs. What the stack itself sets comes first.
 */
export const LOCAL_ENVIRONMENT: Readonly<Record<string, string>> = {
  [ENV.testRequestsPerSecond]: "100000",
  [ENV.testRequestBurst]: "100000",
  [ENV.waitsPerMinute]: "1000000",
  [ENV.testsPerAddress]: "10000000",
};

/** Working on a test takes a processor: more processes than there are would only wait for one, and take memory. */
const WORKERS = Math.max(2, Math.min(4, availableParallelism()));

export const LOCAL: Readonly<Record<FunctionName, LocalNumbers>> = {
  api: { processes: 2, concurrency: 500 },
  worker: { processes: WORKERS, concurrency: 1 },
  // It works for a moment in a minute: its memory is for others meanwhile.
  sweeper: { processes: 1, concurrency: 1, idleMs: 5_000 },
  // More than work at the same time: each keeps the models of one owner, and whoever comes next may be another's.
  emulator: { processes: 2 * WORKERS, concurrency: 1 },
  intake: { processes: 2, concurrency: 1 },
};
