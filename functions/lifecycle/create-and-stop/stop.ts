import { keys } from "../../platform/keys.ts";
import { type Redis, script } from "../../platform/redis.ts";
import { outcomeOf, record, UnexpectedReply } from "../../platform/reply.ts";
import { holderOf } from "../../streams/share.ts";
import { envelope } from "../outcome.ts";
import { lineagesOf } from "../record/checkpoint-list.ts";
import { readFields } from "../record/record.ts";
import source from "./stop.lua";

const stopScript = script(source);

/** How long the last answers of a stopped test are kept for waiting clients, ms. */
const LAST_ANSWERS_MS = 60_000;
/** The script must know all its keys, so user and lineages are read before it, and may change in between. */
const MAX_ATTEMPTS = 5;

/**
 * Removes a test, queued or running, and answers its unanswered requests: two round trips.
 *
 * @param options.idempotencyKey a repetition under the same key is `stopped` too, as long as the answers are kept
 * @param options.idleRevision stops only if the test still has this revision and no unanswered request
 * @returns `unknown` for an unknown test; `busy` if it is no longer idle; `conflict` if the key was used for another
 * request of this test
 */
export async function stopTest(
  redis: Redis,
  testid: string,
  options: { readonly idempotencyKey?: string | undefined; readonly idleRevision?: string } = {},
): Promise<"stopped" | "unknown" | "busy" | "conflict"> {
  const stopped = envelope(400, `The test ${testid} was stopped before this request was answered.`);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const test = await readFields(redis, testid, ["user", "address", "lineage", "checkpoints"]);
    const { user, address, lineage = "", checkpoints = "" } = test;
    if (user === undefined) return await wasStopped(redis, testid, options.idempotencyKey);

    const lineages = lineagesOf(test);
    const reply = await redis.run(
      stopScript,
      [
        keys.test(testid),
        keys.request(testid),
        keys.response(testid),
        keys.lease(testid),
        keys.progress(testid),
        keys.results(testid),
        keys.segments(testid),
        keys.idempotency(testid),
        keys.outstanding(testid),
        keys.active(testid),
        keys.heldTests({ user, address }),
        keys.userTest(user, testid),
        keys.garbage(),
        keys.workingWaiting(holderOf({ user, address }) ?? user),
        ...lineages.map(keys.lineage),
      ],
      [
        testid,
        user,
        lineage,
        checkpoints,
        stopped.status,
        stopped.body,
        LAST_ANSWERS_MS,
        options.idempotencyKey ?? "",
        options.idleRevision ?? "",
        ...lineages,
      ],
    );
    const [kind] = outcomeOf("stop", reply);
    // Another call has stopped it: perhaps the same call, sent again.
    if (kind === "unknown") return await wasStopped(redis, testid, options.idempotencyKey);
    if (kind === "stopped" || kind === "busy" || kind === "conflict") return kind;
    if (kind !== "moved") throw new UnexpectedReply("stop");
  }
  throw new Error(`The test ${testid} changed too fast to be stopped`);
}

/** Whether the test was stopped a moment ago under this key. */
async function wasStopped(redis: Redis, testid: string, key: string | undefined): Promise<"stopped" | "unknown"> {
  if (key === undefined) return "unknown";
  const last = await redis.command(["XREVRANGE", keys.response(testid), "+", "-", "COUNT", 1]);
  const fields = Array.isArray(last) && last.length > 0 ? record(last[0][1]) : {};
  return fields.stopped === key ? "stopped" : "unknown";
}
