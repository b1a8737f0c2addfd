import { signal } from "@preact/signals";

/** The service refused a call, and says why. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  /** Several sentences, where there are several reasons. */
  readonly reasons: readonly string[];

  constructor(status: number, message: string, reasons: readonly string[] = []) {
    super(message);
    this.status = status;
    this.reasons = reasons;
  }
}

/** The service could not be reached, or cannot reach its storage. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

export interface CallOptions {
  readonly body?: unknown;
  /** Of an account. */
  readonly key?: string | undefined;
  /** Of the answer that is known already. */
  readonly etag?: string | undefined;
  /** ms */
  readonly limitMs?: number;
}

export interface Answer<T> {
  /** Undefined when the answer is the one that is known already. */
  readonly value: T | undefined;
  readonly etag: string | undefined;
}

/** Whether the last call reached the service. */
export const connected = signal(true);

/** Queries are short; a command may wait for its turn, sent on from one wait to the next. */
const QUERY_MS = 40_000;

/** Calls the API of the page's own origin. @throws Refused, Unreachable */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const { body, key, etag, limitMs = QUERY_MS } = options;
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (key) headers.authorization = key;
  if (etag !== undefined) headers["if-none-match"] = etag;
  const request: RequestInit = { method, headers, signal: AbortSignal.timeout(limitMs), cache: "no-store" };
  if (body !== undefined) request.body = JSON.stringify(body);
  let status: number;
  let text: string;
  let found: string | undefined;
  try {
    const response = await fetch(path.replace(/^\//, ""), request);
    status = response.status;
    found = response.headers.get("etag") ?? undefined;
    text = await response.text();
  } catch (error) {
    connected.value = false;
    throw new Unreachable("The service cannot be reached.", { cause: error });
  }
  if (status >= 502) {
    connected.value = false;
    throw new Unreachable(sayWhy(status, text).message);
  }
  connected.value = true;
  if (status === 304) return { value: undefined, etag };
  if (status >= 300) throw sayWhy(status, text);
  return { value: parse(text) as T, etag: found };
}

function sayWhy(status: number, text: string): Refused {
  const answer = parse(text) as {
    message?: string;
    detail?: string;
    reasons?: string[];
    errors?: { msg: string }[];
  } | null;
  const message = answer?.message ?? answer?.detail ?? answer?.errors?.[0]?.msg ?? `The service answered ${status}.`;
  return new Refused(status, message, answer?.reasons);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
