import type { Redis } from "../platform/redis.ts";
import type { Claim } from "./claim.ts";
import { renew } from "./lease.ts";

/** Keeps a long computation in step with its lease and with the invocation's time. */
export class Pace {
  readonly #redis: Redis;
  readonly #claim: Claim;
  readonly #leaseMs: number;
  readonly #timeIsUp: () => boolean;
  #renewedAt = performance.now();

  constructor(redis: Redis, claim: Claim, leaseMs: number, timeIsUp: () => boolean) {
    this.#redis = redis;
    this.#claim = claim;
    this.#leaseMs = leaseMs;
    this.#timeIsUp = timeIsUp;
  }

  /**
   * To be called between pieces of work that are short beside the lease. Renews the lease at half its time.
   *
   * @returns whether the invocation's time is up, and the work should be suspended
   * @throws LeaseLost if somebody else has the test now
   */
  async breathe(): Promise<boolean> {
    const now = performance.now();
    if (now - this.#renewedAt >= this.#leaseMs / 2) {
      await renew(this.#redis, this.#claim, this.#leaseMs);
      this.#renewedAt = now;
    }
    return this.#timeIsUp();
  }
}
