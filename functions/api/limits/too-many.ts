import { METRICS } from "../../platform/metric-names.ts";
import { count } from "../../platform/metrics.ts";
import { HttpError } from "../http/errors.ts";

/** Somebody has used what he may for now: 429 with the time after which it is worth trying again. */
export class TooMany extends HttpError {
  constructor(message: string, retryAfterSeconds: number, headers: Readonly<Record<string, string>> = {}) {
    super(429, message, { "retry-after": String(Math.max(1, Math.ceil(retryAfterSeconds))), ...headers });
    count(METRICS.limited);
  }
}

/**
 * The headers of the IETF's draft on rate limits (draft-ietf-httpapi-ratelimit-headers): what is allowed in a window of
 * time, and what is left of it.
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
