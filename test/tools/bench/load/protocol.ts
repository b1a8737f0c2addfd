/** What the bench asks of the process that makes the load. */

/** Calls that follow one another, each loop on its own: what a client does that controls one test. */
export interface LoadOrder {
  readonly kind: "load";
  /** One loop for each: the URL that it calls again and again. */
  readonly urls: readonly string[];
  readonly method: "GET" | "POST" | "PUT";
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the answers are wanted too. */
  readonly keepsAnswers?: boolean;
  /** When it is over: after so long, or after so many calls in each loop. */
  readonly until: { readonly ms: number } | { readonly calls: number };
}

/** Round trips to a REST Redis, one after the other: an empty script, as the functions would call it. */
export interface RoundTripOrder {
  readonly kind: "round-trips";
  readonly redisUrl: string;
  readonly redisToken: string;
  readonly calls: number;
}

export type Order = LoadOrder | RoundTripOrder;

export interface Done {
  /** Of each call, in order of their ends, ms. */
  readonly times: readonly number[];
  /** From the first call's beginning to the last one's end, ms. */
  readonly tookMs: number;
  /** Calls that were not answered 200, with an example. */
  readonly failed: number;
  readonly failure: string | undefined;
  /** In the same order; none unless they are wanted. */
  readonly answers: readonly string[];
}
