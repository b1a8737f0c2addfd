/** What a log line may carry besides its message: ids, counts and times, never a payload or a key. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** A line may carry metrics besides, see metrics.ts. */
type LinesMetrics = Readonly<Record<string, unknown>> & { readonly _aws: object };

type Level = "info" | "warn" | "error";

/** Writes one JSON line. Lambda sends it to CloudWatch, the local cloud to its log files. */
export function log(level: Level, message: string, fields: LogFields | LinesMetrics = {}): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
}

/** An error's own words for a log line, with its cause, without the stack or a payload. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.name}: ${error.cause.message})` : "";
  return `${error.name}: ${error.message}${cause}`;
}
