/** Statistics of many measurements; times in ms. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function summarize(values: readonly number[]): Summary {
  const sorted = Float64Array.from(values).sort();
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? Number.NaN, sorted[Math.floor(middle)] ?? Number.NaN];
  return (low + high) / 2;
}

/** Statistics of several rounds of one measurement. */
export interface Rounds {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export function rounds(values: readonly number[]): Rounds {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

/** Ratios of two measurements within each round, so that both share the machine's other load. */
export function ratios(values: readonly number[], others: readonly number[]): Rounds {
  return rounds(values.map((value, round) => value / (others[round] ?? Number.NaN)));
}

/** The same for the medians of many measurements in each round. */
export function ratiosOfP50(summaries: readonly Summary[], others: readonly Summary[]): Rounds {
  const of = (each: readonly Summary[]) => each.map(({ p50 }) => p50);
  return ratios(of(summaries), of(others));
}

/** Each quantile over rounds. */
export function overRounds(summaries: readonly Summary[]): Record<"p50" | "p95" | "p99", Rounds> {
  const of = (name: "p50" | "p95" | "p99") => rounds(summaries.map((each) => each[name]));
  return { p50: of("p50"), p95: of("p95"), p99: of("p99") };
}
