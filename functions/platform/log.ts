/**
 * Fields of a log line: ids, counts and times, never a payload or a key. `event` is the line's stable name in
 * snake_case (`commit_refused`), for alarms, queries and docs; the message is a sentence for people and may change.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** A line that also contains metrics: see metrics.ts. */
type LinesMetrics = Readonly<Record<string, unknown>> & { readonly _aws: object };

type Level = "info" | "warn" | "error";

/** Writes one line of JSON. Lambda sends it to CloudWatch, the local cloud to its log files. */
export function log(level: Level, message: string, fields: LogFields | LinesMetrics = {}, error?: unknown): void {
  const line = { time: new Date(), level, message, ...fields };
  process.stdout.write(`${JSON.stringify({ ...line, error: error ? describeError(error) : fields.error })}\n`);
}

/** Name and message of an error, and of its cause, without stack and payload. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.name}: ${error.cause.message})` : "";
  return `${error.name}: ${error.message}${cause}`;
}
