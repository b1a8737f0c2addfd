import { ENV } from "./environment.ts";
import { type LogFields, log } from "./log.ts";
import { METRICS, type Metric } from "./metric-names.ts";

/** Those that are no counts; of these every value is kept, so that CloudWatch can tell percentiles. */
const MILLISECONDS: ReadonlySet<string> = new Set([METRICS.enqueueToCommit, METRICS.oldestUnanswered]);
/** As many values as one metric of one line may have. */
const MOST_VALUES = 100;

let pending = new Map<Metric, number[]>();

/**
 * Counts something that happened in this process; it is written with the next line of `logWithMetrics`. A process works
 * on one invocation at a time in Lambda; where it works on several, as in the local cloud, one writes the others' too.
 */
export function count(metric: Metric, value = 1): void {
  const values = pending.get(metric) ?? [];
  if (!MILLISECONDS.has(metric)) pending.set(metric, [(values[0] ?? 0) + value]);
  else if (values.length < MOST_VALUES) pending.set(metric, [...values, value]);
}

/**
 * Writes a log line that carries what has been counted since the last one, in the embedded metric format: CloudWatch
 * makes metrics of such lines as they come in, so that counting costs no request.
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
