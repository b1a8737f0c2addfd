import { randomUUID } from "node:crypto";
import { RedisError, RedisRefused } from "../../platform/redis.ts";
import {
  type Command,
  type Enqueued,
  enqueue,
  findRequest,
  type Idempotency,
  type Offer,
} from "../../streams/enqueue.ts";
import { letGo } from "../../streams/lease.ts";
import type { ApiContext } from "../context.ts";
import { HttpError } from "../http/errors.ts";

const UNKNOWN_OUTCOME =
  "The service could not reach its storage, and cannot tell whether the request was taken. Look at the test's time before you send it again, or use an Idempotency-Key, which makes that safe.";

/**
 * Enqueues a command, and finds out what became of it where the reply was lost: a client that is told to try again would
 * have it carried out twice.
 *
 * @throws HttpError 503 if that cannot be found out; RedisRefused if Redis refuses it, and it is not there
 */
export async function takeOn(
  context: ApiContext,
  testid: string,
  command: Omit<Command, "nonce">,
  options: { readonly idempotency: Idempotency | undefined; readonly offer: Offer | undefined },
): Promise<Enqueued> {
  const { redis, config } = context;
  const { idempotency, offer } = options;
  const sent = { ...command, nonce: randomUUID() };
  const limits = { maxUnanswered: config.maxUnanswered, idempotency };
  try {
    return await enqueue(redis, testid, sent, { ...limits, offer });
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    const isRefused = error instanceof RedisRefused;
    try {
      // Under its key it is recognized, and can be sent again; but not where the part that was done may not have noted
      // the key. Otherwise it is looked for.
      const found =
        idempotency === undefined || isRefused
          ? await findRequest(redis, testid, sent.nonce)
          : await enqueue(redis, testid, sent, limits);
      if (found === undefined) throw isRefused ? error : new HttpError(503, UNKNOWN_OUTCOME);
      return typeof found === "string" ? { kind: "enqueued", requestid: found } : found;
    } finally {
      // It may have been claimed under the offer, which nobody is going to carry out now.
      if (offer !== undefined) await letGo(redis, { testid, token: offer.token }, "redis");
    }
  }
}
