import { keys } from "../../../platform/keys.ts";
import { again, type Redis } from "../../../platform/redis.ts";

/** A call that goes on with a batch has it for so long, ms, and longer as long as it says so. */
export const HELD_MS = 10_000;

/**
 * A batch that one call goes on with. It has to be kept while the call waits, so that whoever waits for a call whose process
 * was killed loses no more than `HELD_MS`.
 */
export class Hold {
  readonly #redis: Redis;
  readonly #key: string;
  #until: number;

  private constructor(redis: Redis, key: string, until: number) {
    this.#redis = redis;
    this.#key = key;
    this.#until = until;
  }

  /** @returns undefined if another call has it */
  static async take(redis: Redis, batchid: string): Promise<Hold | undefined> {
    const key = keys.batchHeld(batchid);
    const until = performance.now() + HELD_MS;
    const taken = await redis.command(["SET", key, "1", "NX", "PX", HELD_MS]);
    return taken === null ? undefined : new Hold(redis, key, until);
  }

  /** Costs a command where half of the time is over. */
  async keep(): Promise<void> {
    const now = performance.now();
    if (!this.#isOurs() || this.#until - now > HELD_MS / 2) return;
    await again(() => this.#redis.command(["PEXPIRE", this.#key, HELD_MS]));
    this.#until = now + HELD_MS;
  }

  async release(): Promise<void> {
    if (this.#isOurs()) await this.#redis.command(["UNLINK", this.#key]);
  }

  /** What was held for too long may be another's by now. */
  #isOurs(): boolean {
    return performance.now() < this.#until;
  }
}
