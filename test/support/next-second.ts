import { setTimeout as sleep } from "node:timers/promises";

/** S3 tells to the second when an object was stored: one that is stored after this is a later one. */
export async function nextSecond(): Promise<void> {
  // A timer may be a little early.
  await sleep(1000 - (Date.now() % 1000) + 10);
}
