/** The outcome of taking a token. */
export interface Taken {
  readonly ok: boolean;
  /** How long the caller must wait before it uses the token, ms; 0 if there was one. */
  readonly holdMs: number;
  /** Tokens left. */
  readonly left: number;
  /** Time until the next token, or, if one is left, until the bucket is full, ms. */
  readonly resetMs: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A bucket of tokens per name, refilled at a steady rate, in this process's memory. The least recently used go first. */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #size: number;
  readonly #most: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: { readonly perSecond: number; readonly size: number; readonly most?: number }) {
    this.#perSecond = options.perSecond;
    this.#size = options.size;
    this.#most = options.most ?? 10_000;
  }

  /**
   * Takes a token. If the bucket is empty, takes a future token, if that one comes soon enough; the next caller gets a later
   * one.
   *
   * @param longestHoldMs the longest time that the caller can wait for a token, ms
   */
  take(name: string, nowMs: number, longestHoldMs = 0): Taken {
    const before = this.#buckets.get(name) ?? { tokens: this.#size, atMs: nowMs };
    // A clock that was set back refills nothing.
    const refill = (Math.max(0, nowMs - before.atMs) / 1000) * this.#perSecond;
    const tokens = Math.min(this.#size, before.tokens + refill);
    const holdMs = (Math.max(0, 1 - tokens) / this.#perSecond) * 1000;
    const ok = holdMs <= longestHoldMs;
    const left = ok ? tokens - 1 : tokens;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: left, atMs: nowMs });
    if (this.#buckets.size > this.#most) this.#dropOldest();
    const missing = left >= 0 && ok ? this.#size - left : 1 - left;
    const resetMs = (missing / this.#perSecond) * 1000;
    return { ok, holdMs: ok ? holdMs : 0, left: Math.max(0, Math.floor(left)), resetMs };
  }

  #dropOldest(): void {
    for (const name of this.#buckets.keys()) {
      this.#buckets.delete(name);
      return;
    }
  }
}
