import { RedisError } from "../../platform/redis.ts";
import type { Answer } from "../../streams/answer.ts";
import { waitForAnswer } from "../../streams/wait.ts";
import type { ApiContext } from "../context.ts";
import type { HttpRequest } from "../http/request.ts";
import { addressId } from "../limits/address.ts";
import { rateLimitHeaders, TooMany } from "../limits/too-many.ts";
import { SHORT_WAIT_MS, takeWait, WINDOW_MS } from "../limits/waits.ts";

/** The time between two looks in a long wait, ms. */
const PAUSE_MS = 350;

/**
 * Waits for an answer. A long wait counts against the limit of the caller's address.
 * @throws TooMany
 */
export async function waitWithin(
  request: HttpRequest,
  { redis, config }: ApiContext,
  { testid, requestid }: { readonly testid: string; readonly requestid: string },
  waitMs: number,
): Promise<Answer | undefined> {
  const shortMs = Math.min(waitMs, SHORT_WAIT_MS);
  const soon = await waitForAnswer(redis, testid, requestid, shortMs);
  if (soon !== undefined || waitMs <= shortMs) return soon;
  await takeLongWait(request, { redis, config });
  return await waitForAnswer(redis, testid, requestid, waitMs - shortMs, PAUSE_MS);
}

/** Counts a long wait. While Redis cannot count, every wait is allowed. @throws TooMany */
export async function takeLongWait(
  { sourceIp }: Pick<HttpRequest, "sourceIp">,
  { redis, config }: Pick<ApiContext, "redis" | "config">,
): Promise<void> {
  const { waitsPerMinute } = config.limits;
  const refused = await takeWait(redis, addressId(sourceIp), waitsPerMinute, Date.now()).catch((error: unknown) => {
    if (error instanceof RedisError) return undefined;
    throw error;
  });
  if (refused === undefined) return;
  const message =
    "Too many calls from this address wait for answers. The request is kept: ask for its answer again later.";
  const policy = { name: "waits", quota: waitsPerMinute, windowSeconds: WINDOW_MS / 1000 };
  throw new TooMany(message, refused, rateLimitHeaders(policy, 0, refused));
}
