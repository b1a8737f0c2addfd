import { describeError, log } from "../platform/log.ts";
import type { Deliveries } from "../platform/queue.ts";
import type { Drained } from "./drain.ts";

/** So much later than the lease of its worker a doorbell comes back, ms: the lease must be over by then. */
const AFTER_LEASE_MS = 2_000;
/** A doorbell that comes back and finds its test taken comes again so often. */
const MOST_RETURNS = 4;
/** Between two deliveries of a doorbell whose worker failed, s: the first is a lease, each further one five times the one before. */
const GROWTH = 5;
const LONGEST_S = 900;

/**
 * One delivery of a doorbell. Lambda demands of a queue that it hides messages for at least as long as the function may
 * run, minutes; a worker that dies would be missed for as long. So each worker says of its own message that it is to come
 * back shortly after the lease is over, and again each time it renews the lease: the message follows the lease.
 */
export class Delivery {
  readonly #deliveries: Deliveries;
  readonly #receiptHandle: string;
  readonly #received: number;
  readonly #leaseMs: number;
  #hiding: Promise<void> = Promise.resolve();

  /** @param received how often the message was delivered, this time included */
  constructor(
    deliveries: Deliveries,
    { receiptHandle, received, leaseMs }: { receiptHandle: string; received: number; leaseMs: number },
  ) {
    this.#deliveries = deliveries;
    this.#receiptHandle = receiptHandle;
    this.#received = received;
    this.#leaseMs = leaseMs;
  }

  /** To be called when the worker begins, and whenever it has renewed its lease. One request; nobody need wait for it. */
  follow(): void {
    this.#hide((this.#leaseMs + AFTER_LEASE_MS) / 1000);
  }

  /**
   * To be called when the worker is done. Waits for the request that is under way.
   *
   * @param drained undefined if the worker failed
   * @returns whether the message is dealt with, and may be deleted
   */
  async end(drained: Drained | undefined): Promise<boolean> {
    if (drained === undefined) {
      const leaseSeconds = this.#leaseMs / 1000;
      this.#hide(Math.min(LONGEST_S, leaseSeconds * GROWTH ** (this.#received - 1)));
    }
    // A message that comes back may be that of a worker which died a moment ago: the lease that it finds may be nobody's.
    const comesAgain = drained === "busy" && this.#received > 1 && this.#received < MOST_RETURNS;
    if (comesAgain) this.#hide(this.#leaseMs / 2000);
    await this.#hiding;
    return drained !== undefined && !comesAgain;
  }

  /** One after the other: the last one counts. */
  #hide(seconds: number): void {
    this.#hiding = this.#hiding.then(async () => {
      try {
        await this.#deliveries.hide(this.#receiptHandle, Math.ceil(seconds));
      } catch (error) {
        // Then it comes back when the queue says so, and the sweeper is there before.
        log("warn", "a doorbell does not follow its lease", { error: describeError(error) });
      }
    });
  }
}
