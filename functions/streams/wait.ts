import { setTimeout as sleep } from "node:timers/promises";
import { keys } from "../platform/keys.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import { again, type Redis, RedisError, script } from "../platform/redis.ts";
import { outcomeOf, record, UnexpectedReply } from "../platform/reply.ts";
import { type Answer, readAnswer } from "./answer.ts";
import source from "./lookup.lua";

const lookupScript = script(source);

/** The state of a request. `gone`: it was answered once, but the answer is not kept any more. */
export type Lookup =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "waiting" }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown" };

/** Reads the state of a request: one round trip, up to 5 commands. */
export async function lookup(redis: Redis, testid: string, requestid: string): Promise<Lookup> {
  const ofTest = [keys.request(testid), keys.response(testid)];
  const reply = await again(() => redis.run(lookupScript, ofTest, [requestid]));
  const [kind, fields] = outcomeOf("lookup", reply);
  if (kind === "answered") return { kind, answer: readAnswer(record(fields)) };
  if (kind === "waiting" || kind === "gone" || kind === "unknown") return { kind };
  throw new UnexpectedReply("lookup");
}

/** The first look comes after this time, and each further one after so much longer a pause than the one before, ms. */
const FIRST_PAUSE_MS = 12;
const PAUSE_GROWTH = 1.5;
const LONGEST_PAUSE_MS = 400;

/** How long to wait before each look, ms: for ever, since a wait ends by its time. */
export function* pauses(firstPauseMs = FIRST_PAUSE_MS): Generator<number, never> {
  for (let ms = firstPauseMs; ; ms = Math.min(ms * PAUSE_GROWTH, LONGEST_PAUSE_MS)) yield ms;
}

/**
 * Waits for a request's answer. Each look is one round trip and one command. A look that fails does not end the wait:
 * the request is durable, and a client that is told otherwise would send it again.
 *
 * @param firstPauseMs the pause before the first look, for a caller that continues an earlier wait
 * @returns the answer, or undefined if there is none yet after `waitMs`
 */
export async function waitForAnswer(
  redis: Redis,
  testid: string,
  requestid: string,
  waitMs: number,
  firstPauseMs?: number,
): Promise<Answer | undefined> {
  const deadline = performance.now() + waitMs;
  for (const pauseMs of pauses(firstPauseMs)) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return undefined;
    await sleep(Math.min(pauseMs, leftMs));
    const entries = await poll(redis, testid, requestid);
    if (Array.isArray(entries) && entries.length > 0) return readAnswer(record(entries[0][1]));
  }
}

async function poll(redis: Redis, testid: string, requestid: string): Promise<unknown> {
  count(METRICS.polls);
  try {
    // A replica may be asked: an answer that it does not know yet is found at the next look.
    return await redis.command(["XRANGE", keys.response(testid), requestid, requestid], { mayBeLate: true });
  } catch (error) {
    if (error instanceof RedisError) return undefined;
    throw error;
  }
}
