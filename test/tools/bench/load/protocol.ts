/** Orders to the process that makes the load, and its answers. */

/** Loops of calls that follow one another, each as a client that controls one test. */
export interface LoadOrder {
  readonly kind: "load";
  /** One loop per URL, which it calls again and again. */
  readonly urls: readonly string[];
  readonly method: "GET" | "POST" | "PUT";
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether to return the answers, too. */
  readonly keepsAnswers?: boolean;
  /** The end: after this time, or after so many calls in each loop. */
  readonly until: { readonly ms: number } | { readonly calls: number };
}

/** Round trips to the Redis REST server, one after the other: an empty script, called as the functions call scripts. */
export interface RoundTripOrder {
  readonly kind: "round-trips";
  readonly redisUrl: string;
  readonly redisToken: string;
  readonly calls: number;
}

export type Order = LoadOrder | RoundTripOrder;

export interface Done {
  /** The time of each call, in the order of their ends, ms. */
  readonly times: readonly number[];
  /** From the first call's start to the last one's end, ms. */
  readonly tookMs: number;
  /** Calls without status 200, and an example. */
  readonly failed: number;
  readonly failure: string | undefined;
  /** In the same order; empty unless requested. */
  readonly answers: readonly string[];
}
