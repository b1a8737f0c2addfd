import type { Timing } from "./test.ts";

/**
 * Counts an advance into `time_rat`: the wall-clock time between the end of one advance and the arrival of the next,
 * over the step in force. Clocks of different processes may disagree, so a time below zero counts as zero.
 *
 * @param arrivalMs when the advance arrived
 * @param endedMs when it is answered
 * @param stepSeconds the step in force; one of 0 s is not counted
 */
export function countAdvance(timing: Timing, arrivalMs: number, endedMs: number, stepSeconds: number): Timing {
  if (timing.endedMs === null || stepSeconds === 0) return { ...timing, endedMs };
  const waitedSeconds = Math.max(0, arrivalMs - timing.endedMs) / 1000;
  return { endedMs, ratioSum: timing.ratioSum + waitedSeconds / stepSeconds, ratios: timing.ratios + 1 };
}

/** `time_rat`, or null before the second advance. */
export function timeRatio(timing: Timing): number | null {
  return timing.ratios === 0 ? null : timing.ratioSum / timing.ratios;
}
