import type { Redis } from "../platform/redis.ts";
import type { Claim } from "./claim.ts";
import { LeaseLost, renew } from "./lease.ts";

/** What work is told between its pieces: whether to suspend. */
export type Breath = Pick<Pace, "breathe">;

/** Renews the lease during a long computation, and says when the invocation's time is up. */
export class Pace {
  readonly #redis: Redis;
  readonly #claim: Claim;
  readonly #leaseMs: number;
  readonly #timeIsUp: () => boolean;
  readonly #renewed: () => void;
  readonly #timer: NodeJS.Timeout;
  #renewedAt = performance.now();
  #renewing: Promise<void> | undefined;
  #lost: LeaseLost | undefined;

  /** @param renewed called after each renewal of the lease */
  constructor(redis: Redis, claim: Claim, leaseMs: number, timeIsUp: () => boolean, renewed: () => void = () => {}) {
    this.#redis = redis;
    this.#claim = claim;
    this.#leaseMs = leaseMs;
    this.#timeIsUp = timeIsUp;
    this.#renewed = renewed;
    // While the work waits for something else, such as S3, it does not call `breathe`: then this timer renews.
    this.#timer = setInterval(() => this.#renew(), leaseMs / 2);
  }

  /**
   * To be called between pieces of work that are short compared with the lease. Renews the lease at half its time.
   *
   * @returns whether the invocation's time is up, and the work should be suspended
   * @throws LeaseLost if another worker has the test now
   */
  async breathe(): Promise<boolean> {
    if (performance.now() - this.#renewedAt >= this.#leaseMs / 2) this.#renew();
    await this.#renewing;
    if (this.#lost !== undefined) throw this.#lost;
    return this.#timeIsUp();
  }

  /** To be called when the work is over, however it ended. Waits for a renewal that is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
  }

  #renew(): void {
    const startedAt = performance.now();
    this.#renewing ??= renew(this.#redis, this.#claim, this.#leaseMs)
      .then(() => {
        this.#renewedAt = startedAt;
        this.#renewed();
      })
      .catch((error: unknown) => {
        // If Redis is away for a moment, the work goes on: the next breath tries again, and a commit is guarded.
        if (error instanceof LeaseLost) this.#lost = error;
      })
      .finally(() => {
        this.#renewing = undefined;
      });
  }
}
