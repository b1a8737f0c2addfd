import { log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Queue } from "../platform/queue.ts";

/** The message that wakes a worker: look at this test. It contains no request, so it may be lost, late or doubled. */
export interface Doorbell {
  readonly testid: string;
  /** The holder of the test, see share.ts. If it is left out, the worker reads it. */
  readonly holder?: string | undefined;
  /**
   * How many workers in a row have rung for the next one without answering a request. Left out by other callers. Lambda would
   * end such a chain after about 16; the stack switches that off (`recursiveLoop`), and this limit takes its place.
   */
  readonly hops?: number;
  /** The test was called from its holder's queue: if it needs no worker, the next one in the queue is to be called. */
  readonly isCalled?: boolean;
  /** A step of the test's run is due, or soon: which run, and how many steps it has taken before. */
  readonly run?: { readonly id: string; readonly step: number } | undefined;
}

/** Workers in a row that may ring for the next one: over an hour of a step that is computed for 20 s at a time. */
export const MAX_HOPS = 200;

/**
 * Rings for a test whose request is durable already. A failure is logged and left to the sweeper. So is a chain of workers
 * that is too long: the sweeper begins a new one within two minutes, and nothing is lost.
 *
 * @param afterMs so much later
 */
export async function ring(queue: Queue, doorbell: Doorbell, afterMs = 0): Promise<void> {
  const { testid, holder, hops = 0, isCalled, run } = doorbell;
  if (hops > MAX_HOPS) {
    count(METRICS.chainsEnded);
    const ids = { event: "worker_chain_ended", testid, hops };
    log("error", "A chain of workers is too long; the sweeper rings for the next one", ids);
    return;
  }
  try {
    const rare = { ...(hops === 0 ? {} : { hops }), ...(isCalled ? { isCalled } : {}) };
    const body = JSON.stringify({ testid, holder, ...rare, run });
    await queue.send(body, Math.ceil(afterMs / 1000), holder);
  } catch (error) {
    const ids = { event: "doorbell_not_rung", testid };
    log("warn", "A doorbell could not be rung; the sweeper rings later", ids, error);
  }
}

/** Messages of one request to SQS. */
const MAX_TOGETHER = 10;

/** Rings for several tests whose requests are durable already: ten at a time. What fails is left to the sweeper. */
export async function ringForAll(queue: Queue, bells: readonly Pick<Doorbell, "testid" | "holder">[]): Promise<void> {
  const [first, ...others] = bells;
  if (first === undefined) return;
  if (others.length === 0) return await ring(queue, first);
  const groups = Array.from({ length: Math.ceil(bells.length / MAX_TOGETHER) }, (_, i) =>
    bells.slice(i * MAX_TOGETHER, (i + 1) * MAX_TOGETHER),
  );
  await Promise.all(groups.map((group) => ringTogether(queue, group)));
}

async function ringTogether(queue: Queue, bells: readonly Pick<Doorbell, "testid" | "holder">[]): Promise<void> {
  const fields = { event: "doorbell_not_rung", count: bells.length };
  try {
    const bodies = bells.map(({ testid, holder }) => JSON.stringify({ testid, holder }));
    const accepted = await queue.sendBatch(
      bodies,
      bells.map(({ holder }) => holder),
    );
    if (accepted < bells.length) log("warn", "Some doorbells could not be rung; the sweeper rings later", fields);
  } catch (error) {
    log("warn", "Doorbells could not be rung; the sweeper rings later", fields, error);
  }
}

/** Reads a doorbell. @returns undefined for any other message */
export function readDoorbell(body: string): Doorbell | undefined {
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message !== "object" || message === null || !("testid" in message)) return undefined;
    const { testid, holder, hops, isCalled, run } = message as Record<keyof Doorbell, unknown>;
    if (typeof testid !== "string") return undefined;
    return {
      testid,
      ...(typeof holder === "string" ? { holder } : {}),
      ...(typeof hops === "number" ? { hops } : {}),
      ...(isCalled === true ? { isCalled } : {}),
      ...(isStep(run) ? { run } : {}),
    };
  } catch {
    // Not JSON, so no doorbell.
    return undefined;
  }
}

function isStep(run: unknown): run is NonNullable<Doorbell["run"]> {
  const { id, step } = (run ?? {}) as Record<string, unknown>;
  return typeof id === "string" && typeof step === "number";
}
