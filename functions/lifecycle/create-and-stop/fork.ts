import { keys } from "../../platform/keys.ts";
import { again, type Redis, script } from "../../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../../platform/reply.ts";
import { ANSWER_MS } from "../../streams/answer.ts";
import type { TestFields } from "../../streams/claim.ts";
import { backstopMs } from "../../streams/commit.ts";
import type { Idempotency } from "../../streams/enqueue.ts";
import { CLEARING } from "../../streams/lease.ts";
import { resumedFields, SAVED_FIELDS, type SavedTest } from "../record/saved-test.ts";
import type { Holder } from "./create.ts";
import source from "./fork.lua";

const forkScript = script(source);

/** New tests that one call may make. */
export const MAX_FORKS = 10;

/** What is forked: a test as it stands, or as a checkpoint has kept it. */
export interface ForkOrigin {
  readonly testid: string;
  /** Its fields `lineage` and `checkpoints`, as they were read. */
  readonly test: TestFields;
  readonly saved?: SavedTest | undefined;
}

export type Forked =
  | { readonly kind: "forked" | "repeated"; readonly testids: readonly string[] }
  | { readonly kind: "full"; readonly open: number }
  | { readonly kind: "unknown" | "queued" | "held" | "moved" | "conflict" };

/**
 * Makes as many tests as there are `testids`, all of them or none: one round trip, however many they are and however long
 * the origin's history is.
 *
 * @returns `held` while what nobody needs of its lineage is deleted, which is a moment; `moved` if the origin has changed
 * since it was read: then read it again; `repeated` with the first call's tests if the holder sent the same idempotency key before, `conflict` if that was for something else; `full` if they would be
 * more open tests than the holder may have
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
  const lineage = (kept ?? test).lineage ?? "-";
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
  // May be sent again: it recognizes the new tests' ids.
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
