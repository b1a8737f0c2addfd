/** What taking a token came to. */
export interface Taken {
  readonly ok: boolean;
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

  take(name: string, nowMs: number): Taken {
    const before = this.#buckets.get(name) ?? { tokens: this.#size, atMs: nowMs };
    // A clock that was set back refills nothing.
    const refill = (Math.max(0, nowMs - before.atMs) / 1000) * this.#perSecond;
    const tokens = Math.min(this.#size, before.tokens + refill);
    const ok = tokens >= 1;
    const left = ok ? tokens - 1 : tokens;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: left, atMs: nowMs });
    if (this.#buckets.size > this.#most) this.#dropOldest();
    const missing = ok ? this.#size - left : 1 - left;
    return { ok, left: Math.floor(left), resetMs: (missing / this.#perSecond) * 1000 };
  }

  #dropOldest(): void {
    for (const name of this.#buckets.keys()) {
      this.#buckets.delete(name);
      return;
    }
  }
}
