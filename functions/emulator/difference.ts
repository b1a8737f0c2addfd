import type { Samples } from "../simulation/samples.ts";

/** How the second of two equal runs differs, as the end of a sentence: the first point that differs, its time, the largest difference. */
export function differenceOf(live: Samples, restored: Samples, inLive = "without being restored"): string {
  const [times = new Float64Array()] = live.columns;
  let first = { point: "", row: Number.POSITIVE_INFINITY, live: 0, restored: 0, most: 0 };
  let [count, points] = [0, 0];
  for (const [k, name] of live.names.entries()) {
    const [one, other] = [live.columns[k] ?? times, restored.columns[k] ?? times];
    points += name === "time" ? 0 : 1;
    const row = one.findIndex((value, i) => !Object.is(value, other[i]));
    if (row < 0) continue;
    count++;
    if (row >= first.row) continue;
    const most = one.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (other[i] ?? 0))), 0);
    first = { point: name, row, live: one[row] ?? 0, restored: other[row] ?? 0, most };
  }
  const { point, row } = first;
  if (count === 0) return "the samples are the same, but not their bytes.";
  const where = `${point} is ${first.restored} at ${times[row]} s, and ${first.live} ${inLive}`;
  return `${where} (by up to ${first.most}); ${count} of ${points} points differ.`;
}
