import { setTimeout as sleep } from "node:timers/promises";
import type { Limits } from "../../platform/limits.ts";
import { METRICS } from "../../platform/metric-names.ts";
import { count } from "../../platform/metrics.ts";
import type { HttpRequest } from "../http/request.ts";
import { TokenBuckets } from "./token-bucket.ts";
import { rateLimitHeaders, TooMany } from "./too-many.ts";

let buckets: TokenBuckets | undefined;

/**
 * Takes a token from the test's bucket of requests. Each process has its own buckets: counting in Redis would cost every
 * request a command, and most requests have only one. This is enough: Lambda gives a process one request at a time and
 * prefers the process that it used last, so that a client that calls in sequence meets the same bucket. Clients that call
 * in parallel are limited by a test's 64 unanswered requests, by the waits of their address, and by API Gateway.
 *
 * A request above the limit is delayed until there is a token: BOPTEST has no 429, and its clients do not handle one. Only
 * a request that would be delayed for too long is refused. The delay shortens the wait for the answer.
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
    throw new TooMany(`Too many requests for this test: ${perSecond} per second are allowed.`, resetMs / 1000, headers);
  }
  if (holdMs > 0) {
    count(METRICS.heldBack);
    await sleep(holdMs);
  }
  return headers;
}

/** A request is not delayed for longer than its client prefers to wait. */
function longestHoldMs({ preferences }: Pick<HttpRequest, "preferences">, { testHoldMs }: Limits): number {
  const { waitMs = testHoldMs } = preferences;
  return Math.min(waitMs, testHoldMs);
}
