/** A stretch of a test's time, s. */
export type Range = readonly [from: number, to: number];

/** What the plots show: the whole test, its newest part of so many seconds, or a stretch that its user chose. */
export type Window = { readonly kind: "all" } | { readonly kind: "last"; readonly seconds: number } | ZoomedWindow;
export interface ZoomedWindow {
  readonly kind: "zoom";
  readonly range: Range;
}

/** A forecast under uncertainty reaches no further. */
export const MAX_FORECAST_SECONDS = 172_800;
/** Less is never shown of it. */
export const LEAST_FORECAST_SECONDS = 3600;

/** The stretch that a window shows of a test that began at `start` and stands at `now`, s: with some time to come. */
export function rangeOf(window: Window, start: number, now: number): Range {
  if (window.kind === "zoom") return window.range;
  const from = window.kind === "all" ? start : Math.max(start, now - window.seconds);
  const length = Math.max(now - from, 6 * 3600);
  return [from, Math.max(now, from) + Math.max(LEAST_FORECAST_SECONDS, Math.min(length / 3, MAX_FORECAST_SECONDS / 2))];
}
