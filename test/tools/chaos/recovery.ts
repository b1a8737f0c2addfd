import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;

/**
 * Waits until all that is under way now is no more.
 *
 * @param underWay what is, by what tells it from others, with a description
 * @returns after which time that was, ms, and what was late: still under way at the limit
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
