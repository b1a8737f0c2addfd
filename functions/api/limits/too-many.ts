import { METRICS } from "../../platform/metric-names.ts";
import { count } from "../../platform/metrics.ts";
import { HttpError } from "../http/errors.ts";

/** The caller has reached a limit: 429, with the time after which the next attempt makes sense. */
export class TooMany extends HttpError {
  constructor(message: string, retryAfterSeconds: number, headers: Readonly<Record<string, string>> = {}) {
    super(429, message, { "retry-after": String(Math.max(1, Math.ceil(retryAfterSeconds))), ...headers });
    count(METRICS.limited);
  }
}

/**
 * The headers of the IETF's draft on rate limits (draft-ietf-httpapi-ratelimit-headers): the quota of a time window, and
 * the rest of it.
 */
export function rateLimitHeaders(
  policy: { readonly name: string; readonly quota: number; readonly windowSeconds: number },
  left: number,
  resetSeconds: number,
): Record<string, string> {
  const { name, quota, windowSeconds } = policy;
  return {
    "ratelimit-policy": `"${name}";q=${quota};w=${Math.max(1, Math.ceil(windowSeconds))}`,
    ratelimit: `"${name}";r=${Math.max(0, left)};t=${Math.ceil(resetSeconds)}`,
  };
}
