/**
 * The first double in `(low, high]` at which `condition` holds, if it is false at `low`, true at `high` and changes once between.
 * (Where rounding makes it flicker: one of the doubles at which it turns true.)
 */
export function firstTime(condition: (time: number) => boolean, low: number, high: number): number {
  let before = low;
  let after = high;
  for (;;) {
    const middle = before + (after - before) / 2;
    if (middle <= before || middle >= after) return after;
    if (condition(middle)) after = middle;
    else before = middle;
  }
}
