import { envelope } from "../../lifecycle/outcome.ts";
import { log } from "../../platform/log.ts";
import { RedisError, RedisRefused } from "../../platform/redis.ts";
import { HttpError, UnknownTest } from "./errors.ts";
import type { HttpAnswer, HttpRequest } from "./request.ts";

/** The one mapping from errors to answers. */
export function answerError(
  error: unknown,
  request: Pick<HttpRequest, "params" | "requestId"> & { readonly route: string | undefined },
): HttpAnswer {
  if (error instanceof UnknownTest) {
    const { testid, message } = error;
    const errors = [{ value: testid, msg: message, param: "testid", location: "params" }];
    return { status: 400, body: JSON.stringify({ errors }) };
  }
  if (error instanceof HttpError) return refusal(error.status, error.message, request, error.headers, error.members);

  const { route, requestId: apiRequestId, params } = request;
  log("error", "A request failed", { event: "request_failed", route, apiRequestId, testid: params.testid }, error);
  if (error instanceof RedisError && !(error instanceof RedisRefused)) {
    return refusal(503, "The service cannot reach its storage right now. Try again.", request, { "retry-after": "2" });
  }
  return refusal(500, `The service failed. Its log has the reason under ${request.requestId}.`, request);
}

/** BOPTEST's envelope on routes of a test, else a problem (RFC 9457). */
function refusal(
  status: number,
  message: string,
  request: Pick<HttpRequest, "params">,
  headers: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, unknown>> = {},
): HttpAnswer {
  if (request.params.testid !== undefined) return { ...envelope(status, message), headers };
  return {
    status,
    body: JSON.stringify({ type: "about:blank", status, detail: message, ...members }),
    headers: { "content-type": "application/problem+json", ...headers },
  };
}
