import { randomUUID } from "node:crypto";
import { RedisError, RedisRefused } from "../../platform/redis.ts";
import {
  type Command,
  type Computed,
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
  "The service could not reach its storage, and does not know whether it accepted the request. Read the test's time before you send the request again, or use an Idempotency-Key, which makes repetition safe.";

/**
 * Enqueues a command. If Redis' reply is lost, finds out whether the command was enqueued: a client that repeats an
 * enqueued command would have it carried out twice.
 *
 * @throws HttpError 503 if the outcome stays unknown; RedisRefused if Redis refuses the command and it is not enqueued
 */
export async function takeOn(
  context: ApiContext,
  testid: string,
  command: Omit<Command, "nonce">,
  options: {
    readonly idempotency: Idempotency | undefined;
    readonly offer: Offer | undefined;
    readonly computed?: Computed | undefined;
  },
): Promise<Enqueued> {
  const { redis, config } = context;
  const { idempotency, offer, computed } = options;
  const sent = { ...command, nonce: randomUUID() };
  const limits = { maxUnanswered: config.maxUnanswered, idempotency };
  try {
    return await enqueue(redis, testid, sent, { ...limits, offer, computed });
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    const isRefused = error instanceof RedisRefused;
    try {
      // A command with an Idempotency-Key is recognized, and can be sent again, unless the script was interrupted before it
      // noted the key. Every other command is looked for.
      const found =
        idempotency === undefined || isRefused
          ? await findRequest(redis, testid, sent.nonce)
          : await enqueue(redis, testid, sent, limits);
      if (found === undefined) throw isRefused ? error : new HttpError(503, UNKNOWN_OUTCOME);
      return typeof found === "string" ? { kind: "enqueued", requestid: found } : found;
    } finally {
      // The command may be claimed under the offer, and this call will not carry it out any more.
      if (offer !== undefined) await letGo(redis, { testid, token: offer.token }, "redis");
    }
  }
}
