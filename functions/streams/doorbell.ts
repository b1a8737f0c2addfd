import { describeError, log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Queue } from "../platform/queue.ts";

/** The message that wakes a worker: look at this test. It carries no request, so it may be lost, late or doubled. */
export interface Doorbell {
  readonly testid: string;
  /** Whose the test is, see share.ts. Who does not know leaves it out, and the worker looks. */
  readonly holder?: string | undefined;
  /**
   * How many workers in a row have rung for the next one, and answered no request. Left out by who is none. Lambda would
   * end such a chain after about 16; the stack switches that off (`recursiveLoop`), and this is the limit in its place.
   */
  readonly hops?: number;
}

/** Workers in a row that may ring for the next one: over an hour of a step that is computed for 20 s at a time. */
export const MOST_HOPS = 200;

/**
 * Rings for a test whose request is durable already: a failure is logged and left to the sweeper. So is a chain of
 * workers that has become too long: the sweeper begins a new one within two minutes, and nothing is lost.
 *
 * @param afterMs so much later
 */
export async function ring(queue: Queue, doorbell: Doorbell, afterMs = 0): Promise<void> {
  const { testid, holder, hops = 0 } = doorbell;
  if (hops > MOST_HOPS) {
    count(METRICS.chainsEnded);
    log("error", "a chain of workers is too long, the sweeper rings for the next", { testid, hops });
    return;
  }
  try {
    const body = JSON.stringify({ testid, holder, ...(hops === 0 ? {} : { hops }) });
    await queue.send(body, Math.ceil(afterMs / 1000), holder);
  } catch (error) {
    log("warn", "doorbell could not be rung, the sweeper will", { testid, error: describeError(error) });
  }
}

/** Reads a doorbell. @returns undefined for what is none */
export function readDoorbell(body: string): Doorbell | undefined {
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message !== "object" || message === null || !("testid" in message)) return undefined;
    const { testid, holder, hops } = message as { testid: unknown; holder?: unknown; hops?: unknown };
    if (typeof testid !== "string") return undefined;
    return {
      testid,
      ...(typeof holder === "string" ? { holder } : {}),
      ...(typeof hops === "number" ? { hops } : {}),
    };
  } catch {
    // Not JSON: no doorbell.
    return undefined;
  }
}
