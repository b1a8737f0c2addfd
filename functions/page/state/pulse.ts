import { connected } from "../client/call.ts";

/** Watching costs the service's database one command a second in the long run; so many more at once, after a change. */
const BURST_COMMANDS = 12;
/** Between two questions whether anything has changed, ms. */
const IDLE_MS = 2500;
/** Between two questions at least, ms. */
const BUSY_MS = 200;
/** After so long without an answer the service is asked this rarely, ms. */
const SLOWEST_MS = 10_000;

/** What a question cost. */
export interface Asked {
  /** Commands of the database. */
  readonly commands: number;
  /** Until the next one, ms. It is longer where the database has been asked too much. */
  readonly pauseMs?: number;
}

/**
 * Calls `ask` again and again, as long as the page is to be seen: once more as soon as it is seen again, and less and less
 * often while the service cannot be reached. @returns how to stop it
 */
export function keepAsking(ask: () => Promise<Asked>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let credit = BURST_COMMANDS;
  let countedAt = performance.now();
  let lostMs = BUSY_MS;
  let isStopped = false;
  let isAsking = false;

  const next = (pauseMs: number) => {
    clearTimeout(timer);
    if (!isStopped && !document.hidden) timer = setTimeout(() => void beat(), pauseMs);
  };
  const beat = async () => {
    if (isAsking) return;
    isAsking = true;
    let pauseMs = IDLE_MS;
    try {
      const asked = await ask();
      const now = performance.now();
      credit = Math.min(BURST_COMMANDS, credit + (now - countedAt) / 1000) - asked.commands;
      countedAt = now;
      pauseMs = Math.max(BUSY_MS, asked.pauseMs ?? IDLE_MS, -credit * 1000);
    } finally {
      isAsking = false;
      lostMs = connected.peek() ? BUSY_MS : Math.min(SLOWEST_MS, 2 * lostMs);
      next(connected.peek() ? pauseMs : lostMs);
    }
  };
  const onSeen = () => {
    if (document.hidden) clearTimeout(timer);
    else next(0);
  };
  document.addEventListener("visibilitychange", onSeen);
  addEventListener("online", onSeen);
  next(BUSY_MS);
  return () => {
    isStopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onSeen);
    removeEventListener("online", onSeen);
  };
}
