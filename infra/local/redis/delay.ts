import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** The largest delay of a timer, ms: Node.js counts whole milliseconds. */
const TIMER_LATE_MS = 1.5;

/**
 * Waits for a time in ms that may have a fraction. A timer would turn 0.5 ms into 1 to 2 ms. So the last moment is spent in
 * turns of the event loop, which uses a processor but does not block other work.
 */
export async function waitExactly(ms: number): Promise<void> {
  const until = performance.now() + ms;
  if (ms > TIMER_LATE_MS + 1) await sleep(ms - TIMER_LATE_MS);
  while (performance.now() < until) await nextTurn();
}
