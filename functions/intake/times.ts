/** What is left of an invocation's time for publishing and recording, ms; and a check's time where nobody sets one. */
const RESERVED_MS = 60_000;
const CHECK_MS = 120_000;
const LEAST_CHECK_MS = 1_000;

/** How long intake may take, ms. All are whole numbers, because timers take no others. */
export interface IntakeTimes {
  /** A check that takes longer refuses the upload. */
  readonly limitMs: number;
  /** So much of that may go into verifying the model's state: half at most, because the model is run before and after. */
  readonly verifyMs: number;
}

/**
 * @param leftMs what is left of the invocation; undefined where nobody ends it
 * @param verifyMs what is configured for verifying
 */
export function intakeTimes(leftMs: number | undefined, verifyMs: number): IntakeTimes {
  const limitMs = leftMs === undefined ? CHECK_MS : Math.max(LEAST_CHECK_MS, Math.floor(leftMs) - RESERVED_MS);
  return { limitMs, verifyMs: Math.min(verifyMs, Math.floor(limitMs / 2)) };
}
