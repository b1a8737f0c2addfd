import { ENV } from "./environment.ts";
import { type LogFields, log } from "./log.ts";
import { METRICS, type Metric } from "./metric-names.ts";

/** Metrics that are durations. Every value is kept, so that CloudWatch can compute percentiles. */
const MILLISECONDS: ReadonlySet<string> = new Set([
  METRICS.enqueueToCommit,
  METRICS.warmWasted,
  METRICS.oldestUnanswered,
]);
/** CloudWatch's limit of values per metric and line. */
const MAX_VALUES = 100;

let pending = new Map<Metric, number[]>();

/**
 * Counts something in this process; the next line of `logWithMetrics` contains the count. In Lambda a process handles
 * one invocation at a time. In the local cloud it may handle several; then one line contains the counts of all.
 */
export function count(metric: Metric, value = 1): void {
  const values = pending.get(metric) ?? [];
  if (!MILLISECONDS.has(metric)) pending.set(metric, [(values[0] ?? 0) + value]);
  else if (values.length < MAX_VALUES) pending.set(metric, [...values, value]);
}

/**
 * Writes a log line with everything counted since the last such line, in the embedded metric format. CloudWatch turns
 * these lines into metrics, so counting costs no request.
 */
export function logWithMetrics(
  message: string,
  fields: LogFields,
  namespace = process.env[ENV.metricsNamespace],
): void {
  const counted = pending;
  pending = new Map();
  if (!namespace || counted.size === 0) {
    log("info", message, fields);
    return;
  }
  const values = [...counted].map(([metric, all]) => [metric, all.length === 1 ? all[0] : all]);
  const Metrics = [...counted.keys()].map((Name) => ({
    Name,
    Unit: MILLISECONDS.has(Name) ? "Milliseconds" : "Count",
  }));
  log("info", message, {
    ...fields,
    ...Object.fromEntries(values),
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics }] },
  });
}
