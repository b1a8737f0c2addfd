import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { ANSWER_MS } from "./answer.ts";
import source from "./enqueue.lua";
import { outcomeOf, UnexpectedReply } from "./reply.ts";

const enqueueScript = script(source);

/** A command for a test, as it comes from a client. */
export interface Command {
  readonly method: string;
  /** JSON-able. */
  readonly params: unknown;
  readonly arrivalMs: number;
}

/** A client's Idempotency-Key and a fingerprint of what it asked for under it. */
export interface Idempotency {
  readonly key: string;
  readonly fingerprint: string;
}

export type Enqueued =
  | { readonly kind: "enqueued" | "repeated"; readonly requestid: string }
  | { readonly kind: "unknown" | "conflict" }
  | { readonly kind: "full"; readonly unanswered: number };

/**
 * Appends a command to a test's request stream: one round trip, 5 Redis commands, 3 more with an idempotency key.
 * From then on the request is durable. The doorbell is the caller's to ring.
 *
 * @returns `enqueued`; `repeated` with the first request's id if the key was seen with the same fingerprint;
 * `conflict` if it was seen with another; `full` if the test has too many unanswered requests; `unknown` if there is
 * no such test
 */
export async function enqueue(
  redis: Redis,
  testid: string,
  command: Command,
  options: { readonly maxUnanswered: number; readonly idempotency?: Idempotency | undefined },
): Promise<Enqueued> {
  const reply = await redis.run(
    enqueueScript,
    [keys.test(testid), keys.request(testid), keys.outstanding(testid), keys.idempotency(testid)],
    [
      testid,
      command.method,
      JSON.stringify(command.params),
      command.arrivalMs,
      options.maxUnanswered,
      options.idempotency?.key ?? "",
      options.idempotency?.fingerprint ?? "",
      ANSWER_MS,
    ],
  );
  const [kind, value] = outcomeOf("enqueue", reply);
  switch (kind) {
    case "enqueued":
    case "repeated":
      return { kind, requestid: String(value) };
    case "full":
      return { kind, unanswered: Number(value) };
    case "unknown":
    case "conflict":
      return { kind };
    default:
      throw new UnexpectedReply("enqueue");
  }
}
