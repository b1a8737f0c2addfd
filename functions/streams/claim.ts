import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, record, UnexpectedReply } from "../platform/reply.ts";
import source from "./claim.lua";
import { calledIn, keysOfShare, type Share, type Slot } from "./share.ts";

const claimScript = script(source);

/** The lease that a worker holds, and the revision that it computes from: every guarded write is compared with both. */
export interface Claim {
  readonly testid: string;
  readonly token: string;
  readonly revision: number;
  /** What the worker has taken of the share of the test's holder; undefined if it works without. */
  readonly slot?: Slot | undefined;
}

/** A request as a worker gets it from the stream. */
export interface Request {
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
  readonly arrivalMs: number;
  /** How often the request was delivered to a worker since it last made progress, this time included. */
  readonly deliveries: number;
}

/** The test's fields that a worker needs; those that are not set are missing. */
export type TestFields = Readonly<Record<string, string>>;

export interface Claimed {
  readonly kind: "claimed";
  readonly claim: Claim;
  readonly request: Request;
  readonly test: TestFields;
  /** The progress that an earlier invocation saved for the same request. */
  readonly progress: TestFields | undefined;
  /** The whole test, if the claim asked for it with requests of this method. */
  readonly whole?: WholeTest | undefined;
  /** Another test of the holder, for which a slot is free: its doorbell is to be rung. */
  readonly called?: string | undefined;
}

/** Fields of a test, and its results in Redis, all from one instant. */
export interface WholeTest {
  /** The fields that are set. */
  readonly fields: TestFields;
  /** References of segments, and the chunks after them, each as it is stored. */
  readonly segments: readonly string[];
  readonly chunks: readonly string[];
}

export type ClaimOutcome = Claimed | { readonly kind: "unknown" | "idle" | "busy" | "crowded" };

/**
 * Takes a test's lease and its oldest unanswered request: one round trip, 6 Redis commands, and 2 more where the holder of
 * the test has a share of the workers.
 *
 * @param options.fieldNames the test's fields to return besides `revision`
 * @param options.wholeFor the method whose requests come with the whole test: 3 commands more
 * @returns `claimed`; `unknown` if there is no such test; `idle` if nothing is unanswered; `busy` if another token holds
 * the lease, whose holder will look again before it lets go; `crowded` if the share of the test's holder is used up: the test
 * waits in its holder's queue, and whoever gives a slot back calls it
 */
export async function claim(
  redis: Redis,
  testid: string,
  options: {
    readonly token: string;
    readonly leaseMs: number;
    readonly fieldNames: readonly string[];
    readonly wholeFor?: string | undefined;
    readonly share?: Share | undefined;
    readonly nowMs?: number;
  },
): Promise<ClaimOutcome> {
  const { share } = options;
  const names = ["revision", ...options.fieldNames];
  const reply = await redis.run(
    claimScript,
    [
      keys.test(testid),
      keys.request(testid),
      keys.lease(testid),
      keys.progress(testid),
      keys.outstanding(testid),
      keys.segments(testid),
      keys.results(testid),
      ...(share === undefined ? [] : keysOfShare(share)),
    ],
    [
      testid,
      options.token,
      options.leaseMs,
      options.wholeFor ?? "",
      options.nowMs ?? Date.now(),
      share?.workers ?? 0,
      share?.holder ?? "",
      ...names,
    ],
  );
  const [kind, id, fields, deliveries, values, saved, slot, called, whole] = outcomeOf("claim", reply);
  if (kind === "unknown" || kind === "idle" || kind === "busy" || kind === "crowded") return { kind };
  if (kind !== "claimed") throw new UnexpectedReply("claim");

  const test = fieldsOf(names, values);
  const revision = Number(test.revision);
  const progress = record(saved);
  const taken = share === undefined || slot === "" ? undefined : { key: String(slot), holder: share.holder };
  return {
    kind: "claimed",
    claim: { testid, token: options.token, revision, slot: taken },
    request: readRequest(String(id), fields, Number(deliveries)),
    test,
    // Progress of another request, or from another state, is of no use.
    progress: progress.requestid === id && progress.revision === test.revision ? progress : undefined,
    whole: Array.isArray(whole) ? readParts(whole) : undefined,
    called: calledIn(called),
  };
}

function readParts([fields, segments, chunks]: readonly unknown[]): WholeTest {
  return { fields: record(fields), segments: segments as string[], chunks: chunks as string[] };
}

/** The fields of a test from their names and values; those that are not set are missing. */
export function fieldsOf(names: readonly string[], values: unknown): TestFields {
  if (!Array.isArray(values)) throw new UnexpectedReply("fields");
  const fields: Record<string, string> = {};
  names.forEach((name, i) => {
    const value: unknown = values[i];
    if (typeof value === "string") fields[name] = value;
  });
  return fields;
}

/** A request as it stands in the request stream. */
export function readRequest(id: string, flat: unknown, deliveries: number): Request {
  const { method, params, arrival } = record(flat);
  return {
    id,
    method: method ?? "",
    params: JSON.parse(params ?? "null"),
    arrivalMs: Number(arrival),
    deliveries,
  };
}
