import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import type { Answer } from "./answer.ts";
import { type Claim, type Request, readRequest, type TestFields } from "./claim.ts";
import source from "./commit.lua";
import { calledIn, keysOfSlot } from "./share.ts";

const commitScript = script(source);

/** The changes that an answered request makes to its test, all in one commit. A part that is left out stays as it was. */
export interface Changes {
  /** Fields of the test's hash. */
  readonly fields?: TestFields;
  /** The owner's view of the test's status; written at start only. */
  readonly ownersStatus?: string;
  /**
   * `keep`: the result chunks so far stay. `clear`: they have been moved into a segment.
   * `restart`: chunks and segments so far go.
   */
  readonly results?: "keep" | "clear" | "restart";
  /** Result chunks to append, a line of text each. */
  readonly chunks?: readonly string[];
  /** References of segments to append, which exist in S3 already. */
  readonly segments?: readonly string[];
  /** A lineage that the test joins, and one that it leaves. */
  readonly joins?: string;
  readonly leaves?: string;
}

export type Committed =
  | { readonly kind: "next"; readonly claim: Claim; readonly request: Request }
  | { readonly kind: "lost" }
  | { readonly kind: "more" | "done"; readonly called?: string | undefined };

/** The lifetime of a test's keys if no command ever comes again and the sweeper never runs, ms. */
export function backstopMs(idleMs: number): number {
  return 2 * idleMs + 7 * 86_400_000;
}

/** The same for one test: its field `lifetime` (ms), if it has one. */
export function lifetimeOf(test: TestFields, idleMs: number): number {
  return Number(test.lifetime ?? backstopMs(idleMs));
}

/**
 * Answers the claimed request and applies its changes, if the lease, the revision and the request are still those that
 * were claimed: one round trip, 11 Redis commands for an ordinary step.
 *
 * @param options.takeNext false when the invocation's time is over: the lease is released even if more is waiting
 * @param options.keepSlot whether the worker goes on with another test of the holder, if one waits for a slot
 * @returns `lost`: nothing was written and the work is to be dropped; `next`: the following request, lease kept;
 * `more`: lease released, requests wait; `done`: lease released, nothing waits. With either of these `called` may be a test
 * of the holder that waited for a slot: the worker goes on with it, or rings for it. With `more` and no `called`, whoever
 * committed must ring for this test; else this test waits in the same queue
 */
export async function commit(
  redis: Redis,
  claim: Claim,
  request: Request,
  outcome: { readonly answer: Answer; readonly changes?: Changes },
  options: {
    readonly nowMs: number;
    readonly leaseMs: number;
    readonly idleMs: number;
    readonly takeNext: boolean;
    readonly keepSlot?: boolean;
    readonly hadProgress: boolean;
    readonly test: TestFields;
    /** A random text of this commit alone. Whoever remembers the test under it is told by the next one if it is another. */
    readonly stamp: string;
  },
): Promise<Committed> {
  const { testid, token, revision } = claim;
  const { test } = options;
  const changes = outcome.changes ?? {};
  const fields = Object.entries({ ...changes.fields, stamp: options.stamp }).flat();
  const { joins, leaves } = changes;
  const lineageKeys = [
    leaves === undefined ? keys.lease(testid) : keys.lineage(leaves),
    joins === undefined ? keys.lease(testid) : keys.lineage(joins),
    keys.garbage(),
  ];
  const reply = await redis.run(
    commitScript,
    [
      keys.test(testid),
      keys.request(testid),
      keys.response(testid),
      keys.lease(testid),
      keys.progress(testid),
      keys.results(testid),
      keys.segments(testid),
      keys.outstanding(testid),
      keys.userTest(test.user ?? "", testid),
      keys.idempotency(testid),
      ...keysOfSlot(claim),
      ...(leaves === undefined && joins === undefined ? [] : lineageKeys),
    ],
    [
      testid,
      token,
      revision,
      request.id,
      outcome.answer.status,
      outcome.answer.body,
      options.nowMs,
      options.takeNext ? options.leaseMs : 0,
      lifetimeOf(test, options.idleMs),
      options.keepSlot === true ? options.leaseMs : 0,
      (changes.chunks ?? []).join("\n"),
      rareChanges(changes, options.hadProgress),
      ...fields,
    ],
  );
  const [kind, id, requestFields] = outcomeOf("commit", reply);
  switch (kind) {
    case "next":
      return {
        kind,
        claim: { ...claim, revision: revision + 1 },
        request: readRequest(String(id), requestFields, 1),
      };
    case "lost":
      return { kind };
    case "more":
    case "done":
      return { kind, called: calledIn(id) };
    default:
      throw new UnexpectedReply("commit");
  }
}

/** Changes that an ordinary step does not make, as JSON; '' if there are none. */
function rareChanges({ ownersStatus, results, segments, joins, leaves }: Changes, hadProgress: boolean): string {
  const rare = {
    progress: hadProgress || undefined,
    ownersStatus,
    results: results === "keep" ? undefined : results,
    segments: segments?.length ? segments : undefined,
    joins,
    leaves,
  };
  const text = JSON.stringify(rare);
  return text === "{}" ? "" : text;
}
