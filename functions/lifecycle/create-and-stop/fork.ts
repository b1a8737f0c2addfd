import { keys } from "../../platform/keys.ts";
import { again, type Redis, script } from "../../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../../platform/reply.ts";
import { ANSWER_MS } from "../../streams/answer.ts";
import type { TestFields } from "../../streams/claim.ts";
import { backstopMs } from "../../streams/commit.ts";
import type { Idempotency } from "../../streams/enqueue.ts";
import { CLEARING } from "../../streams/lease.ts";
import { decode, SAVED_FIELDS } from "../record/record.ts";
import { resumedFields, type SavedTest } from "../record/saved-test.ts";
import type { Holder } from "./create.ts";
import source from "./fork.lua";

const forkScript = script(source);

/** Most new tests of one call. */
export const MAX_FORKS = 10;

/** The origin of a fork: a test as it is now, or as a checkpoint saved it. */
export interface ForkOrigin {
  readonly testid: string;
  /** The fields `lineage` and `checkpoints`, as they were read. */
  readonly test: TestFields;
  readonly saved?: SavedTest | undefined;
}

export type Forked =
  | { readonly kind: "forked" | "repeated"; readonly testids: readonly string[] }
  | { readonly kind: "full"; readonly open: number }
  | { readonly kind: "unknown" | "queued" | "held" | "moved" | "conflict" };

/**
 * Creates a test for each of `testids`, all of them or none: one round trip, for any number of tests and any length of the
 * origin's history.
 *
 * @returns `held` for a moment, while garbage of the lineage is deleted; `moved` if the origin has changed since it was
 * read: then read it again; `repeated` with the first call's tests if the holder sent the same idempotency key before;
 * `conflict` if the key was used for another request; `full` if the holder would have too many open tests
 */
export async function forkTest(
  redis: Redis,
  origin: ForkOrigin,
  testids: readonly string[],
  holder: Holder,
  options: {
    readonly mostTests: number;
    readonly nowMs: number;
    readonly idleMs: number;
    readonly idempotency?: Idempotency | undefined;
  },
): Promise<Forked> {
  const { testid, test, saved } = origin;
  const { user, address } = holder;
  const { idempotency } = options;
  const kept = saved === undefined ? undefined : resumedFields(saved);
  const lineage = decode(kept ?? test, "lineage");
  const names = kept === undefined ? [...SAVED_FIELDS, "tail"] : Object.keys(kept);
  const touched = [
    keys.test(testid),
    keys.results(testid),
    keys.segments(testid),
    keys.heldTests(holder),
    keys.lineage(lineage),
    idempotency === undefined ? keys.test(testid) : keys.selectIdempotency(user, idempotency.key),
    keys.lease(testid),
    ...testids.flatMap((id) => [
      keys.test(id),
      keys.results(id),
      keys.segments(id),
      keys.request(id),
      keys.userTest(user, id),
      keys.active(id),
    ]),
  ];
  const details = [
    lineage,
    saved === undefined ? "" : (test.checkpoints ?? ""),
    user,
    address ?? "",
    options.nowMs,
    backstopMs(options.idleMs),
    idempotency?.fingerprint ?? "",
    ANSWER_MS,
    options.mostTests,
    testids.length,
    names.length,
    CLEARING,
    ...testids,
    ...names,
    ...(saved === undefined ? [] : [...Object.values(kept ?? {}), saved.chunks.join("\n"), ...saved.segments]),
  ];
  // Repeatable: the script recognizes the ids of the new tests.
  const [kind, value] = outcomeOf("fork", await again(() => redis.run(forkScript, touched, details)));
  switch (kind) {
    case "forked":
      return { kind, testids };
    case "repeated":
      return { kind, testids: String(value).split(",") };
    case "full":
      return { kind, open: Number(value) };
    case "unknown":
    case "queued":
    case "held":
    case "moved":
    case "conflict":
      return { kind };
    default:
      throw new UnexpectedReply("fork");
  }
}
