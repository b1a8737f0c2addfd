import { keys } from "../platform/keys.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import { ANSWER_MS } from "./answer.ts";
import { type Claimed, fieldsOf } from "./claim.ts";
import source from "./enqueue.lua";
import findSource from "./find.lua";
import { holderOf } from "./share.ts";

const enqueueScript = script(source);
const findScript = script(findSource);

/** A command for a test, as it comes from a client. */
export interface Command {
  readonly method: string;
  /** JSON-able. */
  readonly params: unknown;
  readonly arrivalMs: number;
  /** A random text, by which the sender finds the request again if it hears nothing. */
  readonly nonce?: string;
}

/** A client's Idempotency-Key and a fingerprint of what it asked for under it. */
export interface Idempotency {
  readonly key: string;
  readonly fingerprint: string;
}

/** The sender's offer to carry the command out at once: then the sender holds the lease, and is the worker. */
export interface Offer {
  readonly token: string;
  readonly leaseMs: number;
  /** The longest work that the sender takes on, ms by the emulator's declared cost. */
  readonly smallMs: number;
  /** The time that the command simulates, s, left out for the test's step; and how many times over. */
  readonly seconds?: number | undefined;
  readonly times?: number;
  /** The size of the test's result chunks at which a segment is due, bytes. Only a worker writes segments. */
  readonly tailBytes: number;
  /** The test's fields that carrying out needs. */
  readonly fieldNames: readonly string[];
  /** The command is refused where it cannot be carried out at once, because only its sender can carry it out. */
  readonly atOnce?: boolean;
}

export type Enqueued =
  | { readonly kind: "claimed"; readonly requestid: string; readonly work: Claimed }
  | { readonly kind: "enqueued" | "repeated"; readonly requestid: string; readonly holder?: string | undefined }
  | { readonly kind: "unknown" | "conflict" | "busy" }
  | { readonly kind: "full"; readonly unanswered: number };

/**
 * Appends a command to a test's request stream: one round trip, 5 Redis commands, 3 more with an idempotency key, 2 more
 * when it is claimed. From then on the request is durable. The caller must ring the doorbell.
 *
 * @returns `enqueued`; `claimed` if there was an offer: its token holds the lease now; `repeated` with the first request's
 * id if the key was seen with the same fingerprint; `conflict` if it was seen with another; `full` if the test has too many
 * unanswered requests; `busy` if the command was to be carried out at once and cannot be; `unknown` if there is no such test
 */
export async function enqueue(
  redis: Redis,
  testid: string,
  command: Command,
  options: {
    readonly maxUnanswered: number;
    readonly idempotency?: Idempotency | undefined;
    readonly offer?: Offer | undefined;
  },
): Promise<Enqueued> {
  const { offer } = options;
  const names = ["revision", "cost", "width", "step", "tail", "user", "address", ...(offer?.fieldNames ?? [])];
  const reply = await redis.run(
    enqueueScript,
    [keys.test(testid), keys.request(testid), keys.outstanding(testid), keys.idempotency(testid), keys.lease(testid)],
    [
      testid,
      command.method,
      JSON.stringify(command.params),
      command.arrivalMs,
      options.maxUnanswered,
      options.idempotency?.key ?? "",
      options.idempotency?.fingerprint ?? "",
      ANSWER_MS,
      offer?.token ?? "",
      offer?.leaseMs ?? 0,
      offer?.smallMs ?? 0,
      offer?.seconds ?? "",
      offer?.times ?? 1,
      offer?.tailBytes ?? 0,
      command.nonce ?? "",
      offer?.atOnce === true ? "1" : "",
      ...names,
    ],
  );
  const [kind, value, values, address] = outcomeOf("enqueue", reply);
  switch (kind) {
    case "claimed": {
      const requestid = String(value);
      const test = fieldsOf(names, values);
      const claim = { testid, token: offer?.token ?? "", revision: Number(test.revision) };
      const { method, params, arrivalMs } = command;
      const request = { id: requestid, method, params, arrivalMs, deliveries: 1 };
      return { kind, requestid, work: { kind, claim, request, test, progress: undefined } };
    }
    case "enqueued":
    case "repeated":
      return { kind, requestid: String(value), holder: holderOf({ user: String(values), address: String(address) }) };
    case "full":
      return { kind, unanswered: Number(value) };
    case "unknown":
    case "conflict":
    case "busy":
      return { kind };
    default:
      throw new UnexpectedReply("enqueue");
  }
}

/**
 * Finds an unanswered request by the nonce that its sender gave it, after the reply to enqueuing was lost.
 * @returns its id, or undefined if it is not there: it was never enqueued, or is answered already
 */
export async function findRequest(redis: Redis, testid: string, nonce: string): Promise<string | undefined> {
  const reply = await again(() => redis.run(findScript, [keys.request(testid)], [nonce]));
  const [kind, id] = outcomeOf("find", reply);
  return kind === "found" ? String(id) : undefined;
}
