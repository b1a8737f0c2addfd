import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;

/**
 * Waits until all current waits have ended.
 *
 * @param underWay the waits, by an identity, with a description
 * @returns the time taken, ms, and the waits that lasted beyond the limit
 */
export async function recovery(
  underWay: () => Promise<ReadonlyMap<unknown, string>>,
  limitMs: number,
): Promise<{ readonly recoveryMs: number; readonly late: readonly string[] }> {
  const startedAt = performance.now();
  const due = new Map(await underWay());
  for (;;) {
    const now = await underWay();
    for (const each of due.keys()) if (!now.has(each)) due.delete(each);
    const recoveryMs = performance.now() - startedAt;
    if (due.size === 0 || recoveryMs > limitMs) return { recoveryMs, late: [...due.values()] };
    await sleep(POLL_MS);
  }
}
