import { availableParallelism } from "node:os";
import { ENV } from "../../../functions/platform/environment.ts";
import type { FunctionName } from "../../bundle.ts";

/** How much of this machine each function gets. Lambda has no such limits, so the template does not contain them. */
export interface LocalNumbers {
  /** The most processes. */
  processes: number;
  /**
   * Invocations that a process handles at a time. On Lambda it is one. For a function that mostly waits, a larger
   * number lets one machine serve hundreds of clients.
   */
  concurrency: number;
  /**
   * MB for each half of a process's new objects, if it is more than what is enough for one invocation at a time: what many
   * have in hand is copied each time that a half is full.
   */
  newMb?: number;
  /** A process ends after this time without work, ms; without this option it stays. */
  idleMs?: number;
}

/** Simulating needs a processor: more processes than processors would only wait and take memory. */
const WORKERS = Math.max(2, Math.min(4, availableParallelism()));

/**
 * Limits that protect callers from each other, and from costs, are high here, because all callers have the same address
 * and own the machine. Values that the stack sets take precedence.
 */
export const LOCAL_ENVIRONMENT: Readonly<Record<string, string>> = {
  [ENV.testRequestsPerSecond]: "100000",
  [ENV.testRequestBurst]: "100000",
  [ENV.waitsPerMinute]: "1000000",
  [ENV.testsPerAddress]: "10000000",
  // There is one process more, so that a second caller is served while the first one uses all of these.
  [ENV.workersPerAccount]: String(WORKERS),
  [ENV.workersPerAddress]: String(WORKERS),
};

export const LOCAL: Readonly<Record<FunctionName, LocalNumbers>> = {
  // With 2 MB, a third of the time of a batch of 64 steps is the collection of garbage.
  api: { processes: 2, concurrency: 500, newMb: 8 },
  worker: { processes: WORKERS + 1, concurrency: 1 },
  // It runs for a moment each minute, and should not keep its memory in between.
  sweeper: { processes: 1, concurrency: 1, idleMs: 5_000 },
  // More than can compute at a time: each process keeps the models of one owner, and the next request may be another's.
  emulator: { processes: 2 * WORKERS, concurrency: 1 },
  intake: { processes: 2, concurrency: 1 },
};
