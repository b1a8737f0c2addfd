import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { openCache } from "../cache/open.ts";
import { openCatalog } from "../emulator-client/open.ts";
import { CHECKPOINT } from "../lifecycle/commands/checkpoint.ts";
import { stopFailedStart } from "../lifecycle/create-and-stop/failed-start.ts";
import { beforeAnswer, makeExecute } from "../lifecycle/execute.ts";
import { WORKER_FIELDS } from "../lifecycle/record/record.ts";
import { ringForNextStep, takeDueSteps } from "../lifecycle/runs/doorbells.ts";
import { createInvoke } from "../platform/lambda.ts";
import { log } from "../platform/log.ts";
import { logWithMetrics } from "../platform/metrics.ts";
import { openPlatform } from "../platform/open.ts";
import type { Answer } from "../streams/answer.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Changes } from "../streams/commit.ts";
import { Delivery } from "../streams/delivery.ts";
import { readDoorbell } from "../streams/doorbell.ts";
import { type Drained, drain } from "../streams/drain.ts";
import { readHolder, shareOf } from "../streams/share.ts";

/** Answers doorbells: drains the request stream of each test, one test after the other. */
export async function handler(event: SQSEvent, context?: Context): Promise<SQSBatchResponse> {
  const platform = await openPlatform();
  const { config, redis, bucket, queue } = platform;
  const cache = openCache(platform);
  const execute = makeExecute({
    redis,
    objects: bucket,
    cache,
    catalog: openCatalog(platform, createInvoke),
    clock: Date.now,
  });
  const options = {
    leaseMs: config.leaseMs,
    computeMs: config.computeMs,
    idleMs: config.idleMs,
    fieldNames: WORKER_FIELDS,
    wholeFor: CHECKPOINT,
    beforeCommit: (work: Claimed, answer: Answer) => beforeAnswer(redis, work, answer),
    afterCommit: async (work: Claimed, answer: Answer, changes: Changes) => {
      await stopFailedStart(redis, work, answer);
      await ringForNextStep(queue, work, changes, Date.now());
    },
  };
  const batchItemFailures: { itemIdentifier: string }[] = [];
  // One message after the other: a request that kills its worker must not stop the requests of the other messages.
  for (const message of event.Records) {
    const doorbell = readDoorbell(message.body);
    if (doorbell === undefined) {
      const ids = { event: "message_not_read", messageId: message.messageId };
      log("error", "A message in the queue is not a doorbell", ids);
      continue;
    }
    const received = Number(message.attributes?.ApproximateReceiveCount ?? 1);
    const delivery = new Delivery(queue, { receiptHandle: message.receiptHandle, received, leaseMs: config.leaseMs });
    let drained: Drained | undefined;
    let at = doorbell.testid;
    let begunAt = performance.now();
    const left = (testid: string, ended: Drained, next: string | undefined) => {
      const ms = Math.round(performance.now() - begunAt);
      const ids = { event: "drained", testid, drained: ended, ms, awsRequestId: context?.awsRequestId };
      logWithMetrics("drained", ids);
      [at, begunAt] = [next ?? testid, performance.now()];
    };
    try {
      delivery.follow();
      const holder = doorbell.holder ?? (await readHolder(redis, doorbell.testid));
      const share = holder === undefined ? undefined : shareOf(holder, config.limits);
      // A doorbell that comes back may be of a worker that died at another test, which waits in the queue again.
      const isCalled = doorbell.isCalled === true || received > 1;
      const renewed = () => delivery.follow();
      const ofThis = { ...options, share, hops: doorbell.hops, isCalled, renewed, left };
      const hasWork = doorbell.run === undefined || (await takeDueSteps(redis, queue, doorbell, config));
      drained = hasWork ? await drain(redis, queue, doorbell.testid, execute, ofThis) : "idle";
    } catch (error) {
      log("error", "A worker failed at a test", { event: "drain_failed", testid: at }, error);
    }
    if (!(await delivery.end(drained))) batchItemFailures.push({ itemIdentifier: message.messageId });
  }
  // Lambda freezes the process from here on.
  await cache.settle();
  return { batchItemFailures };
}
