import { setTimeout as sleep } from "node:timers/promises";
import { keys } from "../../platform/keys.ts";
import type { Queue } from "../../platform/queue.ts";
import { again, type Redis } from "../../platform/redis.ts";
import type { Claimed } from "../../streams/claim.ts";
import { fieldsOf } from "../../streams/claim.ts";
import type { Changes } from "../../streams/commit.ts";
import { type Doorbell, ring } from "../../streams/doorbell.ts";
import { enqueue, type Idempotency } from "../../streams/enqueue.ts";
import { holderOf } from "../../streams/share.ts";
import { lookup } from "../../streams/wait.ts";
import type { PauseParams } from "../commands/run.ts";
import { RUN_STEPS, type RunStepsParams } from "../commands/run-steps.ts";
import { decode } from "../record/record.ts";
import { behindMs, doorbellAfterMs, dueMs, MAX_BEHIND_MS, stepsDue, type TestRun } from "./test-run.ts";

/** A worker that comes so much too early for a step waits, ms. */
const MAX_EARLY_MS = 600;
/** When a worker comes again to a test that has as many unanswered requests as it may have, ms. */
const FULL_MS = 2_000;

/** A run with the holder of its test. */
interface Found {
  readonly run: TestRun;
  readonly holder: string | undefined;
}

/**
 * Reads a test's run that is running: one command.
 * @returns null if it has none; undefined if there is no such test
 */
export async function readRunning(redis: Redis, testid: string): Promise<Found | null | undefined> {
  const names = ["run", "user", "address"];
  const test = fieldsOf(names, await again(() => redis.command(["HMGET", keys.test(testid), ...names])));
  if (test.user === undefined) return undefined;
  const run = decode(test, "run");
  return run?.status === "running" ? { run, holder: holderOf(test) } : null;
}

/**
 * Puts the steps of a run that are due into its test's request stream, as one request. Its Idempotency-Key is made of the
 * run and the step, so that doorbells that are doubled, or come back, do not put it there twice. Only a doorbell for the
 * run's next step does this, so that one doorbell too many does not become a chain.
 *
 * @returns whether the test has requests, which the worker is to answer
 */
export async function takeDueSteps(
  redis: Redis,
  queue: Queue,
  { testid, run: of }: Doorbell,
  { maxUnanswered, clock = Date.now }: { readonly maxUnanswered: number; readonly clock?: () => number },
): Promise<boolean> {
  const found = await readRunning(redis, testid);
  if (!found || found.run.id !== of?.id || found.run.steps !== of.step) return false;
  const { run, holder } = found;
  const earlyMs = dueMs(run) - clock();
  if (earlyMs > MAX_EARLY_MS) {
    // Steps may be further apart than SQS delays a message.
    await ringForRun(queue, testid, run, holder, clock());
    return false;
  }
  if (earlyMs > 0) await sleep(earlyMs);
  const nowMs = clock();
  if (behindMs(run, nowMs) > MAX_BEHIND_MS) {
    const reason = `The run was behind by ${Math.round(behindMs(run, nowMs) / 1000)} s, and may be by ${MAX_BEHIND_MS / 1000} s.`;
    return await pauseRun(redis, testid, run, reason);
  }
  const params: RunStepsParams = { run: run.id, step: run.steps, steps: Math.max(1, stepsDue(run, nowMs)) };
  const command = { method: RUN_STEPS, params, arrivalMs: nowMs };
  const idempotency = keyOf(run, "steps");
  const enqueued = await enqueue(redis, testid, command, { maxUnanswered, idempotency });
  switch (enqueued.kind) {
    case "enqueued":
      return true;
    case "repeated":
      return await stillHolds(redis, testid, enqueued.requestid, run);
    case "full":
      await ring(queue, { testid, holder, run: of }, FULL_MS);
      return true;
    default:
      return false;
  }
}

/**
 * Whether a request for steps that was there already is to be answered. If it was answered and the run did not move, its
 * steps could not be taken: the run is paused, or its doorbells would come for ever.
 */
async function stillHolds(redis: Redis, testid: string, requestid: string, run: TestRun): Promise<boolean> {
  if ((await lookup(redis, testid, requestid)).kind === "waiting") return true;
  const found = await readRunning(redis, testid);
  if (!found || found.run.id !== run.id || found.run.steps !== run.steps) return false;
  const reason = `Step ${run.steps + 1} of the run could not be carried out. The answer of request ${requestid} says why.`;
  return await pauseRun(redis, testid, run, reason);
}

/** Asks for a pause of this run, by its test's request stream. @returns whether somebody is to answer it */
export async function pauseRun(redis: Redis, testid: string, run: TestRun, reason: string): Promise<boolean> {
  const command = { method: "pause", params: { run: run.id, reason } satisfies PauseParams, arrivalMs: Date.now() };
  // Whatever else waits: this is asked for once.
  const options = { maxUnanswered: Number.MAX_SAFE_INTEGER, idempotency: keyOf(run, "pause") };
  const { kind } = await enqueue(redis, testid, command, options);
  return kind === "enqueued" || kind === "repeated";
}

/** No client's key has a blank. */
function keyOf(run: TestRun, what: "steps" | "pause"): Idempotency {
  return { key: `run ${run.id} ${run.steps} ${what}`, fingerprint: "run" };
}

/** To be called after a commit: rings for the next step, if the commit has begun a run or taken steps of one. */
export async function ringForNextStep(
  queue: Queue,
  { claim, test }: Claimed,
  { fields }: Changes,
  nowMs: number,
): Promise<void> {
  if (fields?.run === undefined) return;
  const run = decode(fields, "run");
  if (run?.status === "running") await ringForRun(queue, claim.testid, run, holderOf(test), nowMs);
}

/** Rings for the run's next step when it is due. If that fails, the sweeper rings. */
export async function ringForRun(
  queue: Queue,
  testid: string,
  run: TestRun,
  holder: string | undefined,
  nowMs: number,
): Promise<void> {
  await ring(queue, { testid, holder, run: { id: run.id, step: run.steps } }, doorbellAfterMs(run, nowMs));
}
