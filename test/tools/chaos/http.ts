import { setTimeout as sleep } from "node:timers/promises";
import type { Said } from "./history.ts";

/** What a call came to: an answer, a promise of one at a place, or nothing that tells whether it was heard. */
export type Heard =
  | { readonly kind: "answer"; readonly said: Said }
  | { readonly kind: "promise"; readonly location: string }
  | { readonly kind: "unknown" };

/**
 * What API Gateway waits for at the most, ms. The results of a long test take half of that on a busy machine, and who gives up
 * sooner has them made once more.
 */
const LIMIT_MS = 30_000;
const RETRY_MS = 100;

/**
 * One HTTP call, whatever becomes of it. What comes from before or behind the function, such as API Gateway's 503, and
 * what says that the service itself failed, tells nothing about the command.
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
    if (status === 429 || (status >= 500 && !text.includes("was given up"))) return { kind: "unknown" };
    return { kind: "answer", said: { status, text } };
  } catch {
    return { kind: "unknown" };
  }
}

/** A call that may be sent again: until there is an answer, or `giveUp` says that it takes too long. */
export async function persist(
  url: string,
  method: string,
  path: string,
  options: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly giveUp: () => boolean;
    /** Told of every place at which the answer was promised. */
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

/** Where a request's answer will be, asked with a wait. */
function withWait(location: string): string {
  return location.includes("?") || location.startsWith("http") ? location : `${location}?wait=2`;
}
