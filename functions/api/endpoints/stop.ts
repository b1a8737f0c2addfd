import { stopTest } from "../../lifecycle/create-and-stop/stop.ts";
import type { Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { readIdempotency } from "../http/idempotency.ts";
import { testidOf } from "../http/request.ts";

export const stop: Endpoint = async (request, context) => {
  const testid = testidOf(request);
  const stopped = await stopTest(context.redis, testid, { idempotencyKey: readIdempotency(request)?.key });
  if (stopped === "conflict") throw new HttpError(422, "This Idempotency-Key was used for another request before.");
  if (stopped !== "stopped") throw new UnknownTest(testid);
  return { status: 200, body: "OK", headers: { "content-type": "text/plain" } };
};
