import { TokenBuckets } from "../../limits/token-bucket.ts";
import type { Limits } from "../../platform/limits.ts";
import type { HttpRequest } from "../http.ts";
import { rateLimitHeaders, TooMany } from "./too-many.ts";

let buckets: TokenBuckets | undefined;

/**
 * Takes a request about a test from that test's allowance, which each process keeps by itself. Counting in Redis would
 * cost every request a command, and most have only one. It is enough: Lambda gives a process one request at a time and
 * prefers the one that it used last, so a client that calls again and again meets the same bucket; one that calls in
 * parallel is held up by the 64 unanswered requests of a test, by the waits of its address, and by API Gateway.
 *
 * @returns headers for the answer
 * @throws TooMany
 */
export function takeRequest(
  request: Pick<HttpRequest, "params" | "arrivalMs">,
  limits: Limits,
): Record<string, string> {
  const { testid } = request.params;
  if (testid === undefined) return {};
  const { testRequestsPerSecond: perSecond, testRequestBurst: size } = limits;
  buckets ??= new TokenBuckets({ perSecond, size });
  const { ok, left, resetMs } = buckets.take(testid, request.arrivalMs);
  const policy = { name: "test", quota: size, windowSeconds: size / perSecond };
  const headers = rateLimitHeaders(policy, left, resetMs / 1000);
  if (ok) return headers;
  throw new TooMany(
    `Too many requests about this test: ${perSecond} per second are answered.`,
    resetMs / 1000,
    headers,
  );
}
