import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ANONYMOUS } from "../../accounts/accounts.ts";
import { forkTest, MAX_FORKS } from "../../lifecycle/create-and-stop/fork.ts";
import { readForkOrigin } from "../../lifecycle/create-and-stop/fork-origin.ts";
import { envelope } from "../../lifecycle/outcome.ts";
import { CHECKPOINT_NAMES, findCheckpoint, isCheckpointName } from "../../lifecycle/record/checkpoint-list.ts";
import { isRollout } from "../../lifecycle/record/record.ts";
import { readSavedTest } from "../../lifecycle/record/saved-test.ts";
import { describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";
import type { TestFields } from "../../streams/claim.ts";
import type { ApiContext, Endpoint } from "../context.ts";
import { HttpError, UnknownTest } from "../http/errors.ts";
import { readIdempotency } from "../http/idempotency.ts";
import { bodyOf, testidOf } from "../http/request.ts";
import { quotaOf, tooManyTests } from "../limits/open-tests.ts";
import { unauthorized } from "./account.ts";
import { requireRunning } from "./test.ts";

/** A test can begin anew while it is forked; its lineage is then read again. */
const MAX_ATTEMPTS = 5;
/** The pause, ms, before the next attempt while the lineage is being cleared up. */
const HELD_MS = 200;

/** Makes tests that begin at the state of another test. A test of an account can be forked by this account only. */
export const fork: Endpoint = async (request, context) => {
  const testid = testidOf(request);
  const { count, checkpoint } = readFork(bodyOf(request));
  const key = request.key;
  const idempotency = readIdempotency(request, key === undefined);
  const testids = Array.from({ length: count }, () => randomUUID());

  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { account, test } = await readForkOrigin(context.redis, testid, key);
    if (key !== undefined && account === undefined) throw unauthorized.unknown(key);
    if (test.status === undefined || isRollout(test)) throw new UnknownTest(testid);
    requireOwner(test, account?.name);
    requireRunning(test.status);
    const saved = checkpoint === undefined ? undefined : await readCheckpoint(test, checkpoint, context);
    const quota = quotaOf(account, request, context);
    const forked = await forkTest(context.redis, { testid, test, saved }, testids, quota.holder, {
      mostTests: quota.mostTests,
      nowMs: request.arrivalMs,
      idleMs: context.config.idleMs,
      idempotency,
    });
    switch (forked.kind) {
      case "forked":
      case "repeated":
        return answerOf(forked.testids);
      case "full":
        throw tooManyTests(quota, forked.open, count);
      case "conflict":
        throw new HttpError(422, "This Idempotency-Key was used for another request before.");
      case "unknown":
        throw new UnknownTest(testid);
      case "queued":
        requireRunning("Queued");
        break;
      case "moved":
        break;
      case "held":
        await sleep(HELD_MS);
        break;
    }
  }
  throw new HttpError(503, "The test cannot be forked now, because it is being changed or deleted. Try again.", {
    "retry-after": "1",
  });
};

function answerOf(testids: readonly string[]) {
  const begin = testids.length === 1 ? "One new test begins" : `${testids.length} new tests begin`;
  return envelope(200, `${begin} at the state of this test.`, JSON.stringify({ testids }));
}

/** The test's id is enough to use a test. To fork a test of an account, the account's key is needed. @throws HttpError 401 */
function requireOwner({ user }: TestFields, caller: string | undefined): void {
  if (user === ANONYMOUS || user === caller) return;
  throw caller === undefined ? unauthorized.missing() : unauthorized.other();
}

async function readCheckpoint(test: TestFields, name: string, { bucket }: ApiContext) {
  const found = findCheckpoint(test, name);
  const saved = found === undefined ? undefined : await readSavedTest(bucket, found);
  if (saved === undefined) throw new HttpError(404, `The test has no checkpoint ${name}.`);
  return saved;
}

function readFork(body: Readonly<Record<string, unknown>>): { count: number; checkpoint: string | undefined } {
  const count = readNumber(body.count ?? 1);
  if (count === undefined || !Number.isInteger(count) || count < 1) {
    throw new HttpError(
      400,
      `The field count is ${describeValue(body.count)}. It must be a whole number from 1 to ${MAX_FORKS}.`,
    );
  }
  if (count > MAX_FORKS)
    throw new HttpError(413, `The field count is ${count}. One call can make at most ${MAX_FORKS} tests.`);
  const checkpoint = body.checkpoint ?? undefined;
  if (checkpoint !== undefined && !isCheckpointName(checkpoint)) {
    throw new HttpError(
      400,
      `The field checkpoint is ${describeValue(checkpoint)}. A checkpoint's name has ${CHECKPOINT_NAMES}.`,
    );
  }
  return { count, checkpoint };
}
