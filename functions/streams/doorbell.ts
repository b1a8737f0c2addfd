import { describeError, log } from "../platform/log.ts";
import type { Queue } from "../platform/queue.ts";

/** The message that wakes a worker: look at this test. It carries no request, so it may be lost, late or doubled. */
export interface Doorbell {
  readonly testid: string;
}

/**
 * Rings for a test whose request is durable already: a failure is logged and left to the sweeper.
 * @param afterMs so much later
 */
export async function ring(queue: Queue, testid: string, afterMs = 0): Promise<void> {
  try {
    await queue.send(JSON.stringify({ testid } satisfies Doorbell), Math.ceil(afterMs / 1000));
  } catch (error) {
    log("warn", "doorbell could not be rung, the sweeper will", { testid, error: describeError(error) });
  }
}

/** Reads a doorbell. @returns undefined for what is none */
export function readDoorbell(body: string): Doorbell | undefined {
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message === "object" && message !== null && "testid" in message && typeof message.testid === "string") {
      return { testid: message.testid };
    }
  } catch {
    // Not JSON: no doorbell.
  }
  return undefined;
}
