import { setTimeout as sleep } from "node:timers/promises";
import type { Said } from "./history.ts";

/** The outcome of a call: an answer, the promise of one at a place, or nothing that tells whether the service got it. */
export type Heard =
  | { readonly kind: "answer"; readonly said: Said }
  | { readonly kind: "promise"; readonly location: string }
  | { readonly kind: "unknown" };

/**
 * API Gateway's time limit, ms. The results of a long test take half of that on a busy machine, and a client that gives up
 * sooner makes the service compute them again.
 */
const LIMIT_MS = 30_000;
const RETRY_MS = 100;

/**
 * One HTTP call. Answers from outside the function, such as API Gateway's 503, and those about a failure of the service itself
 * say nothing about the command.
 */
export async function call(
  url: string,
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Heard> {
  try {
    const response = await fetch(new URL(path, url), {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
      headers: { "content-type": "application/json", ...options.headers },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const { status } = response;
    const text = await response.text();
    const location = response.headers.get("location");
    if ((status === 202 || status === 303) && location !== null) {
      // A 303 may also lead into the bucket: to an answer that is too large for Lambda.
      return { kind: "promise", location };
    }
    const said = { status, text };
    return isDefinite(said) ? { kind: "answer", said } : { kind: "unknown" };
  } catch {
    return { kind: "unknown" };
  }
}

/** Whether an answer is one to the command, and not about a failure of the service itself, or a limit of it. */
export function isDefinite({ status, text }: Said): boolean {
  return status !== 429 && (status < 500 || text.includes("was given up"));
}

/** Repeats a call until there is an answer, or until `giveUp` says that it takes too long. */
export async function persist(
  url: string,
  method: string,
  path: string,
  options: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly giveUp: () => boolean;
    /** Receives the place of every promised answer. */
    readonly onPromise?: (location: string) => void;
  },
): Promise<Said | undefined> {
  for (let place = { method, path }; !options.giveUp(); ) {
    const isFirst = place.path === path;
    const heard = await call(url, place.method, place.path, isFirst ? options : {});
    if (heard.kind === "answer") return heard.said;
    if (heard.kind === "promise" && isFirst) {
      options.onPromise?.(heard.location);
      place = { method: "GET", path: withWait(heard.location) };
      continue;
    }
    if (heard.kind === "promise" && heard.location.startsWith("http")) place = { method: "GET", path: heard.location };
    await sleep(RETRY_MS);
  }
  return undefined;
}

/** The place of a request's answer, with a wait. */
function withWait(location: string): string {
  return location.includes("?") || location.startsWith("http") ? location : `${location}?wait=2`;
}
