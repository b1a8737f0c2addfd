/** What taking a token came to. */
export interface Taken {
  readonly ok: boolean;
  /** For how long whoever took a token is to wait before it is his, ms; 0 where there was one. */
  readonly holdMs: number;
  /** Tokens that are left. */
  readonly left: number;
  /** Until there is one token again, or, if one was left, until the bucket is full, ms. */
  readonly resetMs: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A bucket of tokens per name, refilled at a steady rate. In this process's memory; those used least lately go first. */
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
   * Takes a token. Where there is none, takes one that is still to come, if that one comes soon enough: the next to ask
   * gets a later one.
   *
   * @param longestHoldMs for how long whoever takes it can wait for it, ms
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
