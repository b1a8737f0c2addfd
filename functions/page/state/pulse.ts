import { connected } from "../client/call.ts";

const SECOND_MS = 1000;
/** After so long without an answer the service is asked this rarely. */
const SLOWEST_MS = 10_000;

/**
 * Calls `ask` every second, as long as the page is to be seen: once more as soon as it is seen again, and less and less
 * often while the service cannot be reached. @returns how to stop it
 */
export function everySecond(ask: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = SECOND_MS;
  let isStopped = false;
  const next = () => {
    clearTimeout(timer);
    if (!isStopped && !document.hidden) timer = setTimeout(() => void beat(), pauseMs);
  };
  const beat = async () => {
    try {
      await ask();
    } finally {
      pauseMs = connected.peek() ? SECOND_MS : Math.min(SLOWEST_MS, pauseMs * 1.5);
      next();
    }
  };
  const onSeen = () => {
    clearTimeout(timer);
    pauseMs = SECOND_MS;
    if (!document.hidden) void beat();
  };
  document.addEventListener("visibilitychange", onSeen);
  addEventListener("online", onSeen);
  next();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onSeen);
    removeEventListener("online", onSeen);
  };
}
