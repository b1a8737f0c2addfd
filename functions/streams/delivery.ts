import { log } from "../platform/log.ts";
import type { Deliveries } from "../platform/queue.ts";
import type { Drained } from "./drain.ts";

/** A doorbell comes back so much later than its worker's lease, ms: the lease must have expired by then. */
const AFTER_LEASE_MS = 2_000;
/** How often a doorbell is delivered that comes back and finds its test taken. */
const MAX_RETURNS = 4;
/** The pause between two deliveries of a doorbell whose worker failed: first a lease, then each time five times as long. */
const GROWTH = 5;
/** The longest such pause, s. */
const LONGEST_S = 900;

/**
 * One delivery of a doorbell. Lambda demands that a queue hides messages for at least as long as the function may run:
 * minutes. A worker that dies would be missed for as long. So each worker tells the queue that its own message is to come
 * back shortly after the lease, and again each time it renews the lease: the message follows the lease.
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

  /** To be called when the worker begins, and after each renewal of its lease. One request, which the worker need not await. */
  follow(): void {
    this.#hide((this.#leaseMs + AFTER_LEASE_MS) / 1000);
  }

  /**
   * To be called when the worker is done. Waits for the request that is under way.
   *
   * @param drained undefined if the worker failed
   * @returns whether the message is done with, and may be deleted
   */
  async end(drained: Drained | undefined): Promise<boolean> {
    if (drained === undefined) {
      const leaseSeconds = this.#leaseMs / 1000;
      this.#hide(Math.min(LONGEST_S, leaseSeconds * GROWTH ** (this.#received - 1)));
    }
    // The message may come back because its worker died a moment ago: then the lease that it finds has no worker any more.
    const comesAgain = drained === "busy" && this.#received > 1 && this.#received < MAX_RETURNS;
    if (comesAgain) this.#hide(this.#leaseMs / 2000);
    await this.#hiding;
    return drained !== undefined && !comesAgain;
  }

  /** The requests go one after the other, because the last one counts. */
  #hide(seconds: number): void {
    this.#hiding = this.#hiding.then(async () => {
      try {
        await this.#deliveries.hide(this.#receiptHandle, Math.ceil(seconds));
      } catch (error) {
        // Then the queue's own time applies, and the sweeper rings before.
        log("warn", "A doorbell does not follow its lease", { event: "doorbell_not_hidden" }, error);
      }
    });
  }
}
