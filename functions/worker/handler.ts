import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { openCache } from "../cache/open.ts";
import { openCatalog } from "../emulator-client/open.ts";
import { CHECKPOINT } from "../lifecycle/commands/checkpoint.ts";
import { stopFailedStart } from "../lifecycle/create-and-stop/failed-start.ts";
import { beforeAnswer, makeExecute } from "../lifecycle/execute.ts";
import { WORKER_FIELDS } from "../lifecycle/record/record.ts";
import { createInvoke } from "../platform/lambda.ts";
import { describeError, log } from "../platform/log.ts";
import { logWithMetrics } from "../platform/metrics.ts";
import { openPlatform } from "../platform/open.ts";
import type { Answer } from "../streams/answer.ts";
import type { Claimed } from "../streams/claim.ts";
import { Delivery } from "../streams/delivery.ts";
import { readDoorbell } from "../streams/doorbell.ts";
import { type Drained, drain } from "../streams/drain.ts";
import { readHolder } from "../streams/read-holder.ts";
import { shareOf } from "../streams/share.ts";

/** Answers doorbells: drains each test's request stream, one test after the other. */
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
    afterCommit: (work: Claimed, answer: Answer) => stopFailedStart(redis, work, answer),
  };
  const batchItemFailures: { itemIdentifier: string }[] = [];
  // One after the other: a request that kills its worker must not take other tests' requests with it.
  for (const message of event.Records) {
    const startedAt = performance.now();
    const doorbell = readDoorbell(message.body);
    if (doorbell === undefined) {
      log("error", "message that is no doorbell", { messageId: message.messageId });
      continue;
    }
    const received = Number(message.attributes?.ApproximateReceiveCount ?? 1);
    const delivery = new Delivery(queue, { receiptHandle: message.receiptHandle, received, leaseMs: config.leaseMs });
    let drained: Drained | undefined;
    try {
      delivery.follow();
      const holder = doorbell.holder ?? (await readHolder(redis, doorbell.testid));
      const share = holder === undefined ? undefined : shareOf(holder, config.limits);
      const ofThis = { ...options, share, hops: doorbell.hops, renewed: () => delivery.follow() };
      drained = await drain(redis, queue, doorbell.testid, execute, ofThis);
      const ms = Math.round(performance.now() - startedAt);
      logWithMetrics("drained", { testid: doorbell.testid, drained, ms, awsRequestId: context?.awsRequestId });
    } catch (error) {
      log("error", "drain failed", { testid: doorbell.testid, error: describeError(error) });
    }
    if (!(await delivery.end(drained))) batchItemFailures.push({ itemIdentifier: message.messageId });
  }
  // Lambda freezes the process from here on.
  await cache.settle();
  return { batchItemFailures };
}
