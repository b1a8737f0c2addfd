import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** A timer fires up to so much after its time, ms: Node counts whole ones. */
const TIMER_LATE_MS = 1.5;

/**
 * Waits for a time that may be a part of a millisecond, ms. A timer alone would make 0.5 ms between 1 and 2 of them; so the
 * last moment is waited for turn by turn, which takes a processor but holds up nothing else.
 */
export async function waitExactly(ms: number): Promise<void> {
  const until = performance.now() + ms;
  if (ms > TIMER_LATE_MS + 1) await sleep(ms - TIMER_LATE_MS);
  while (performance.now() < until) await nextTurn();
}
