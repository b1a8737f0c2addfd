import { Violation } from "./history.ts";

/** How long a client goes on asking for one answer before it counts as never given, ms. */
const PATIENCE_MS = 90_000;
/**
 * The same of all results of a test. They take dozens of objects, and while S3 fails they may not all be read in one call;
 * what waits when nothing fails any more is to be answered as soon as everything else.
 */
export const RESULTS_PATIENCE_MS = 300_000;

/** What clients wait for at this moment. */
export class Patience {
  readonly #waiting = new Set<{ readonly what: string }>();

  get waiting(): ReadonlySet<{ readonly what: string }> {
    return this.#waiting;
  }

  /** Waits for what must come in the end. @throws Violation if it does not */
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

  /** Lets others see what is under way. */
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
