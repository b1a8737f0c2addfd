import { keys } from "../../platform/keys.ts";
import { log } from "../../platform/log.ts";
import { type Redis, RedisRefused } from "../../platform/redis.ts";
import type { Answer } from "../../streams/answer.ts";
import type { Claimed } from "../../streams/claim.ts";
import { readFields } from "../record/record.ts";
import { stopTest } from "./stop.ts";

/*
 * A test whose start failed would stay Queued forever, so it is removed once the start is answered. The worker notes the
 * failed start before the answer: if the worker does not get to the removal, the sweeper does it.
 */

/** Most failed starts of one sweep. The next sweep does the rest. */
const MAX_TESTS = 100;

const isFailedStart = ({ request }: Claimed, answer: Answer) => request.method === "start" && answer.status >= 400;

/** To be called before the answer is committed: notes that the test must be removed. */
export async function noteFailedStart(redis: Redis, work: Claimed, answer: Answer): Promise<void> {
  if (!isFailedStart(work, answer)) return;
  const { testid } = work.claim;
  try {
    await redis.command(["SADD", keys.failedStarts(), testid]);
  } catch (error) {
    // The answer stays the same.
    if (!(error instanceof RedisRefused)) throw error;
    log("error", "A failed start could not be noted", { event: "failed_start_not_noted", testid }, error);
  }
}

/** To be called after the answer is committed: removes the test. */
export async function stopFailedStart(redis: Redis, work: Claimed, answer: Answer): Promise<void> {
  if (isFailedStart(work, answer)) await remove(redis, work.claim.testid);
}

/**
 * Removes the tests that workers noted and did not remove.
 * @returns their number
 */
export async function endFailedStarts(redis: Redis): Promise<number> {
  let ended = 0;
  const testids = (await redis.command(["SRANDMEMBER", keys.failedStarts(), MAX_TESTS], {
    mayBeLate: true,
  })) as string[];
  for (const testid of testids) {
    try {
      const { revision, state } = await readFields(redis, testid, ["revision", "state"]);
      // Not answered yet: the worker that noted it has died, or is about to answer.
      if (revision === "0") continue;
      if (revision !== undefined && state === undefined) {
        await remove(redis, testid);
        ended++;
        log("info", "A test whose start failed is removed", { event: "failed_start_removed", testid });
      } else {
        await redis.command(["SREM", keys.failedStarts(), testid]);
      }
    } catch (error) {
      const message = "A test whose start failed could not be removed";
      log("error", message, { event: "failed_start_not_removed", testid }, error);
    }
  }
  return ended;
}

async function remove(redis: Redis, testid: string): Promise<void> {
  await stopTest(redis, testid);
  await redis.command(["SREM", keys.failedStarts(), testid]);
}
