import { keys } from "../platform/keys.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import { ANSWER_MS, type Answer } from "./answer.ts";
import { type Claimed, fieldsOf, type TestFields } from "./claim.ts";
import { type Changes, lifetimeOf } from "./commit.ts";
import source from "./enqueue.lua";
import findSource from "./find.lua";
import { holderOf, keysOfShare, type Share, type Slot } from "./share.ts";

const enqueueScript = script(source);
const findScript = script(findSource);

/** A command for a test, as it comes from a client. */
export interface Command {
  readonly method: string;
  /** JSON-able. */
  readonly params: unknown;
  readonly arrivalMs: number;
  /** A random text, by which the sender finds the request again if it hears nothing. An answer that it brings has it as stamp. */
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
  /** So many bytes of samples, about, are no longer the sender's to record. */
  readonly manyBytes: number;
  /** The test's fields that carrying out needs. */
  readonly fieldNames: readonly string[];
  /** Set if the sender asks compiled models. */
  readonly models?: ModelOffer | undefined;
  /** The command is refused where it cannot be carried out at once, because only its sender can carry it out. */
  readonly atOnce?: boolean;
}

/** The sender's offer to have a compiled model carry the command out, which takes a slot of the holder's share. */
export interface ModelOffer {
  /** The longest work that the sender takes on, ms by what the model's last step took. */
  readonly smallMs: number;
  /** For how long after an answer the model's process counts as alive, ms. */
  readonly aliveMs: number;
  readonly share: Share;
}

/** The outcome of a command, computed from a test as it was once committed. */
export interface Computed {
  /** All fields of that test that `enqueue` and `execute` need, with its stamp. */
  readonly test: TestFields;
  readonly answer: Answer;
  /** Fields and chunks, see {@link isPlain}. */
  readonly changes: Changes;
  readonly nowMs: number;
  readonly idleMs: number;
}

export type Enqueued =
  | { readonly kind: "claimed"; readonly requestid: string; readonly work: Claimed }
  /** With the test as it is now. */
  | { readonly kind: "answered"; readonly requestid: string; readonly test: TestFields }
  | {
      readonly kind: "enqueued" | "repeated";
      readonly requestid: string;
      readonly holder?: string | undefined;
      /** The test has a compiled model; left out where it has none, or that is not known. */
      readonly hasModel?: true;
    }
  | { readonly kind: "unknown" | "conflict" | "busy" }
  | { readonly kind: "full"; readonly unanswered: number };

/**
 * Appends a command to a test's request stream: one round trip, 5 Redis commands, 3 more with an idempotency key, 2 more
 * when it is claimed, 4 if that takes a slot. From then on the request is durable. The caller must ring the doorbell. With an answer that fits it
 * is answered and committed at once: 9 commands.
 *
 * @returns `enqueued`; `claimed` if there was an offer: its token holds the lease now; `answered` if the test is still the
 * one that `computed` is of, and nobody is at it: all of it is committed; `repeated` with the first request's
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
    readonly computed?: Computed | undefined;
  },
): Promise<Enqueued> {
  const { offer, computed } = options;
  // What is computed already asks nobody.
  const models = computed === undefined ? offer?.models : undefined;
  const names = [...FIELD_NAMES, ...(offer?.fieldNames ?? [])];
  const fields: TestFields = { ...computed?.changes.fields, stamp: command.nonce ?? "" };
  const reply = await redis.run(
    enqueueScript,
    [
      keys.test(testid),
      keys.request(testid),
      keys.outstanding(testid),
      keys.idempotency(testid),
      keys.lease(testid),
      ...(computed === undefined ? [] : keysOfAnswer(testid, computed.test)),
      ...(models === undefined ? [] : keysOfShare(models.share)),
    ],
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
      offer?.manyBytes ?? 0,
      command.nonce ?? "",
      offer?.atOnce === true ? "1" : "",
      computed?.test.stamp ? `${computed.test.revision} ${computed.test.stamp}` : "",
      computed?.answer.status ?? "",
      computed?.answer.body ?? "",
      computed?.nowMs ?? "",
      computed === undefined ? "" : lifetimeOf(computed.test, computed.idleMs),
      (computed?.changes.chunks ?? []).join("\n"),
      models?.smallMs ?? "",
      models?.aliveMs ?? 0,
      models?.share.workers ?? 0,
      models?.share.holder ?? "",
      names.length,
      ...names,
      ...(computed === undefined ? [] : Object.entries(fields).flat()),
    ],
  );
  const [kind, value, values, ...more] = outcomeOf("enqueue", reply);
  switch (kind) {
    case "claimed": {
      const requestid = String(value);
      const test = fieldsOf(names, values);
      const slot = slotOf(more[0], models);
      const claim = { testid, token: offer?.token ?? "", revision: Number(test.revision), slot };
      const { method, params, arrivalMs } = command;
      const request = { id: requestid, method, params, arrivalMs, deliveries: 1 };
      return { kind, requestid, work: { kind, claim, request, test, progress: undefined } };
    }
    case "answered": {
      const revision = String(Number(computed?.test.revision) + 1);
      return { kind, requestid: String(value), test: { ...computed?.test, ...fields, revision } };
    }
    case "enqueued":
    case "repeated": {
      const [address, owner] = more;
      const holder = holderOf({ user: String(values), address: String(address) });
      return { kind, requestid: String(value), holder, ...(owner ? { hasModel: true } : {}) };
    }
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

/** The fields of a test that the script reads, in its order. */
const FIELD_NAMES = [
  "revision",
  "cost",
  "width",
  "step",
  "tail",
  "user",
  "address",
  "stamp",
  "renewed",
  "large",
  "owner",
  "timestamp",
];

function slotOf(key: unknown, models: ModelOffer | undefined): Slot | undefined {
  if (models === undefined || typeof key !== "string" || key === "") return undefined;
  return { key, holder: models.share.holder };
}

function keysOfAnswer(testid: string, { user = "" }: TestFields): string[] {
  return [keys.response(testid), keys.results(testid), keys.segments(testid), keys.userTest(user, testid)];
}

/** Whether these are all of the changes that a command can bring computed: fields and chunks. */
export function isPlain({ ownersStatus, results = "keep", segments = [], joins, leaves }: Changes): boolean {
  return results === "keep" && segments.length === 0 && (ownersStatus ?? joins ?? leaves) === undefined;
}

/**
 * Whether the offer is taken for this test if nobody is at it, as the script decides; never for the work of a compiled model,
 * which is not carried out before it is claimed.
 */
export function isSmall(test: TestFields, offer: Offer): boolean {
  const { cost, width, tail, owner } = test;
  if (owner && offer.seconds !== 0) return false;
  if (cost === undefined || width === undefined || tail === undefined) return false;
  return Number(cost) * simulatedSeconds(test, offer) <= offer.smallMs && recordedBytes(test, offer) < offer.manyBytes;
}

/** About how many bytes of samples the work of an offer records. */
export function recordedBytes(test: TestFields, offer: Offer): number {
  return Number(test.width) * simulatedSeconds(test, offer);
}

function simulatedSeconds({ step }: TestFields, { seconds = Number(step), times = 1 }: Offer): number {
  return seconds * times;
}

/**
 * Finds a request by the nonce that its sender gave it, after the reply to enqueuing was lost.
 * @returns its id, or undefined if it is not there: it was never enqueued, or is answered already, unless it brought its
 * answer and no other request was answered since
 */
export async function findRequest(redis: Redis, testid: string, nonce: string): Promise<string | undefined> {
  const reply = await again(() =>
    redis.run(findScript, [keys.request(testid), keys.test(testid), keys.response(testid)], [nonce]),
  );
  const [kind, id] = outcomeOf("find", reply);
  return kind === "found" ? String(id) : undefined;
}
