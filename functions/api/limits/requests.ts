import { setTimeout as sleep } from "node:timers/promises";
import type { Limits } from "../../platform/limits.ts";
import { METRICS } from "../../platform/metric-names.ts";
import { count } from "../../platform/metrics.ts";
import type { HttpRequest } from "../http/request.ts";
import { TokenBuckets } from "./token-bucket.ts";
import { rateLimitHeaders, TooMany } from "./too-many.ts";

let buckets: TokenBuckets | undefined;

/**
 * Takes a request about a test from that test's allowance, which each process keeps by itself. Counting in Redis would
 * cost every request a command, and most have only one. It is enough: Lambda gives a process one request at a time and
 * prefers the one that it used last, so a client that calls again and again meets the same bucket; one that calls in
 * parallel is held up by the 64 unanswered requests of a test, by the waits of its address, and by API Gateway.
 *
 * A request above the allowance is held back until there is room for it: BOPTEST has no 429, and its clients read none.
 * Only one that would be held back for too long is refused. What it is held back for, it has less to wait for its answer.
 *
 * @returns headers for the answer
 * @throws TooMany
 */
export async function takeRequest(
  request: Pick<HttpRequest, "params" | "preferences" | "arrivalMs">,
  limits: Limits,
): Promise<Record<string, string>> {
  const { testid } = request.params;
  if (testid === undefined) return {};
  const { testRequestsPerSecond: perSecond, testRequestBurst: size } = limits;
  buckets ??= new TokenBuckets({ perSecond, size });
  const { ok, holdMs, left, resetMs } = buckets.take(testid, request.arrivalMs, longestHoldMs(request, limits));
  const policy = { name: "test", quota: size, windowSeconds: size / perSecond };
  const headers = rateLimitHeaders(policy, left, resetMs / 1000);
  if (!ok) {
    throw new TooMany(
      `Too many requests about this test: ${perSecond} per second are answered.`,
      resetMs / 1000,
      headers,
    );
  }
  if (holdMs > 0) {
    count(METRICS.heldBack);
    await sleep(holdMs);
  }
  return headers;
}

/** A client that says how long it waits is not held back for longer. */
function longestHoldMs({ preferences }: Pick<HttpRequest, "preferences">, { testHoldMs }: Limits): number {
  const { waitMs = testHoldMs } = preferences;
  return Math.min(waitMs, testHoldMs);
}
