import { describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";

/** A request body that was read, or the message of its refusal. */
export type Read<T> = { readonly ok: true; readonly params: T } | { readonly ok: false; readonly message: string };

/** The fields of a request body. */
export type Body = Readonly<Record<string, unknown>>;

export const refused = (message: string) => ({ ok: false, message }) as const;

/** Reads a number of seconds from 0 to `highest`. @returns the number, or the message of the refusal */
export function readSeconds(body: Body, field: string, highest: number): number | string {
  if (!Object.hasOwn(body, field)) {
    return `The field ${field} is missing. It must be a number of seconds, or a string of one, from 0 to ${highest}.`;
  }
  const value = readNumber(body[field]);
  if (value === undefined || !(value >= 0 && value <= highest)) {
    return `The field ${field} is ${describeValue(body[field])}. It must be a number of seconds, or a string of one, from 0 to ${highest}.`;
  }
  return value;
}

/** Whether a value is not an object or list. */
export function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

/** The value as JSON can transport it: a number that is not finite becomes a string. */
export function portable(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
