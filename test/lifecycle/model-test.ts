import { randomUUID } from "node:crypto";
import { makeCatalog } from "../../functions/emulator-client/open.ts";
import { createTest, type Selected, selectedOf } from "../../functions/lifecycle/create-and-stop/create.ts";
import { stopFailedStart } from "../../functions/lifecycle/create-and-stop/failed-start.ts";
import { beforeAnswer, makeExecute } from "../../functions/lifecycle/execute.ts";
import { WORKER_FIELDS } from "../../functions/lifecycle/record/record.ts";
import type { Manifest } from "../../functions/packages/manifest.ts";
import { keys } from "../../functions/platform/keys.ts";
import type { Invoke } from "../../functions/platform/lambda.ts";
import { RedisError } from "../../functions/platform/redis.ts";
import { readResultsIndex } from "../../functions/results/read.ts";
import { readStretches, stretchesOf } from "../../functions/results/stretches.ts";
import { concatSamples, encodeSamples, type Samples } from "../../functions/simulation/samples.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { drain } from "../../functions/streams/drain.ts";
import { enqueue } from "../../functions/streams/enqueue.ts";
import { lookup } from "../../functions/streams/wait.ts";
import type { CacheStack } from "../support/cache-stack.ts";

const IDLE_MS = 86_400_000;
/** How long each doorbell is to be rung after it was sent, s: of the last call of `work`. */
export const delays: number[] = [];
const queue = {
  send: async (_body: string, delaySeconds = 0) => {
    delays.push(delaySeconds);
  },
  sendBatch: async () => 0,
};

export interface WorkOptions {
  readonly invoke?: Invoke | undefined;
  readonly computeMs?: number;
  readonly leaseMs?: number;
  /** What the clock on the wall is ahead, ms. */
  readonly aheadMs?: number;
  /** Of the cache of warm-ups; one of its own unless told. */
  readonly namespace?: string;
  /** Whether Redis is away when a test is to be removed whose start failed. */
  readonly isRemovalLost?: boolean;
}

/** A worker process: nothing in memory that another has. */
export async function work(stack: CacheStack, testid: string, options: WorkOptions = {}): Promise<string> {
  const { fixture, bucket } = stack;
  const { redis } = fixture;
  const { invoke, computeMs = 60_000, leaseMs = 5_000, aheadMs = 0, isRemovalLost = false } = options;
  // As if the time were over for which a request rests that waits for somebody. No other lease is taken away.
  if (delays.some((seconds) => seconds > 0)) await redis.command(["DEL", keys.lease(testid)]);
  delays.length = 0;
  const clock = () => Date.now() + aheadMs;
  const execute = makeExecute({
    redis,
    objects: bucket,
    cache: stack.open({ namespace: options.namespace ?? `c-${randomUUID()}` }),
    catalog: makeCatalog({ redis, objects: bucket, invoke, modelMs: 10_000, replayMs: 20_000, clock }),
    clock,
  });
  return await drain(redis, queue, testid, execute, {
    leaseMs,
    computeMs,
    idleMs: IDLE_MS,
    fieldNames: WORKER_FIELDS,
    clock,
    beforeCommit: (claimed, answer) => beforeAnswer(redis, claimed, answer),
    afterCommit: async (claimed, answer) => {
      if (isRemovalLost && claimed.request.method === "start") throw new RedisError("away");
      await stopFailedStart(redis, claimed, answer);
    },
  });
}

/** What a test begins with on a package. */
export function selectedPackage({ hash }: Manifest, copyOf: TestCase): Selected {
  return { ...selectedOf(copyOf, "user-john"), testcaseid: "mine", version: hash, cost: 1e6 };
}

/** Creates a test, Queued. @returns its id, and the request that starts it */
export async function create(stack: CacheStack, selected: Selected): Promise<{ testid: string; requestid: string }> {
  const test = { testid: randomUUID(), user: "john", selected };
  const created = await createTest(stack.fixture.redis, test, { nowMs: Date.now(), idleMs: IDLE_MS });
  if (created.kind !== "created") throw new Error(created.kind);
  return created;
}

/** Enqueues a command. @returns its id */
export async function ask(stack: CacheStack, testid: string, method: string, params: unknown = {}): Promise<string> {
  const command = { method, params, arrivalMs: Date.now() };
  const enqueued = await enqueue(stack.fixture.redis, testid, command, { maxUnanswered: 64 });
  if (enqueued.kind !== "enqueued") throw new Error(enqueued.kind);
  return enqueued.requestid;
}

export interface Answered {
  readonly status: number;
  readonly message: string;
  readonly payload: unknown;
  readonly body: string;
}

/** The answer to a request, or undefined while there is none. */
export async function answerTo(stack: CacheStack, testid: string, requestid: string): Promise<Answered | undefined> {
  const found = await lookup(stack.fixture.redis, testid, requestid);
  if (found.kind !== "answered") return undefined;
  const { status, body } = found.answer;
  return { status, body, ...(JSON.parse(body) as { message: string; payload: unknown }) };
}

/** All samples of a test as text. */
export async function samplesOf({ fixture, bucket }: CacheStack, testid: string): Promise<string> {
  const index = await readResultsIndex(fixture.redis, testid);
  if (index === undefined) throw new Error("no results");
  const stretches = stretchesOf(bucket, index, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const parts: Samples[] = [];
  for await (const part of readStretches(stretches)) parts.push(part);
  return Buffer.from(encodeSamples(concatSamples(parts))).toString("base64");
}
