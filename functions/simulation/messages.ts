/** Enough of a client's value to recognize it by; messages must not grow with what they complain about. */
const MAX_VALUE_LENGTH = 100;

/** A client's value, as JSON, for a message: bounded in length, and never throwing. */
export function describeValue(value: unknown): string {
  if (typeof value === "number") return String(value);
  let text: string;
  try {
    text = JSON.stringify(typeof value === "string" ? value.slice(0, MAX_VALUE_LENGTH) : value) ?? String(value);
  } catch {
    return `of type ${typeof value}`;
  }
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

/** Names for a message, all of them, quoted and separated by commas. */
export function describeNames(names: readonly string[]): string {
  return names.map(describeValue).join(", ");
}
