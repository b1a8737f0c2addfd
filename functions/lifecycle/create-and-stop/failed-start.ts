import { keys } from "../../platform/keys.ts";
import { describeError, log } from "../../platform/log.ts";
import { type Redis, RedisRefused } from "../../platform/redis.ts";
import type { Answer } from "../../streams/answer.ts";
import type { Claimed } from "../../streams/claim.ts";
import { readFields } from "../record/record.ts";
import { stopTest } from "./stop.ts";

/*
 * A test that cannot start would be Queued for ever, so it is removed once its start is answered. Whoever is about to
 * answer notes that first: should the removal come to nothing, the sweeper does it.
 */

/** Tests looked at in one run; whatever is left is next minute's. */
const MOST = 100;

const isFailedStart = ({ request }: Claimed, answer: Answer) => request.method === "start" && answer.status >= 400;

/** Before the answer is committed: notes that the test is to be removed. */
export async function noteFailedStart(redis: Redis, work: Claimed, answer: Answer): Promise<void> {
  if (!isFailedStart(work, answer)) return;
  const { testid } = work.claim;
  try {
    await redis.command(["SADD", keys.failedStarts(), testid]);
  } catch (error) {
    // No reason to answer anything else.
    if (!(error instanceof RedisRefused)) throw error;
    log("error", "a failed start is not noted", { testid, error: describeError(error) });
  }
}

/** Once the answer is committed: removes the test. */
export async function stopFailedStart(redis: Redis, work: Claimed, answer: Answer): Promise<void> {
  if (isFailedStart(work, answer)) await remove(redis, work.claim.testid);
}

/**
 * Removes the tests whose removal was not done.
 * @returns how many there were
 */
export async function endFailedStarts(redis: Redis): Promise<number> {
  let ended = 0;
  const testids = (await redis.command(["SRANDMEMBER", keys.failedStarts(), MOST], { mayBeLate: true })) as string[];
  for (const testid of testids) {
    try {
      const { revision, state } = await readFields(redis, testid, ["revision", "state"]);
      // Not answered yet after all: who noted it has died, or is about to answer.
      if (revision === "0") continue;
      if (revision !== undefined && state === undefined) {
        await remove(redis, testid);
        ended++;
        log("info", "failed start removed", { testid });
      } else {
        await redis.command(["SREM", keys.failedStarts(), testid]);
      }
    } catch (error) {
      log("error", "a failed start could not be removed", { testid, error: describeError(error) });
    }
  }
  return ended;
}

async function remove(redis: Redis, testid: string): Promise<void> {
  await stopTest(redis, testid);
  await redis.command(["SREM", keys.failedStarts(), testid]);
}
