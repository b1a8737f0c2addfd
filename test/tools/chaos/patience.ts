import { Violation } from "./history.ts";

/** How long a client asks for one answer before it counts as missing, ms. */
const PATIENCE_MS = 90_000;
/**
 * The same for all results of a test. They consist of dozens of objects, and while S3 fails one call may not read them all.
 * Requests that wait when the faults end must be answered as soon as all others.
 */
export const RESULTS_PATIENCE_MS = 300_000;

/** The waits of clients at this moment. */
export class Patience {
  readonly #waiting = new Set<{ readonly what: string }>();

  get waiting(): ReadonlySet<{ readonly what: string }> {
    return this.#waiting;
  }

  /** Waits for an answer that must come. @throws Violation if it does not */
  async waitFor<T>(
    what: string,
    ask: (giveUp: () => boolean) => Promise<T | undefined>,
    patienceMs = PATIENCE_MS,
  ): Promise<T> {
    const end = performance.now() + patienceMs;
    const found = await this.during(what, () => ask(() => performance.now() > end));
    if (found === undefined) throw new Violation(`no answer within ${patienceMs / 1000} s to ${what}`);
    return found;
  }

  /** Shows the work as a wait to others. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const entry = { what };
    this.#waiting.add(entry);
    try {
      return await work();
    } finally {
      this.#waiting.delete(entry);
    }
  }
}
