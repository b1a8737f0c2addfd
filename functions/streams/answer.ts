/** The answer of a request: an HTTP status and a JSON text. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** An answer as it stands in the response stream. */
export function readAnswer(fields: Readonly<Record<string, string>>): Answer {
  return { status: Number(fields.status), body: fields.body ?? "null" };
}

/** An answer is kept at least this long, ms, unless 1,000 newer ones exist, or 32 MB of newer ones above 32 KB each. */
export const ANSWER_MS = 3_600_000;
