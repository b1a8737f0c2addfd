import { describeValue } from "../../simulation/messages.ts";
import { readNumber } from "../../simulation/numbers.ts";

/** What a client sent, read or refused. */
export type Read<T> = { readonly ok: true; readonly params: T } | { readonly ok: false; readonly message: string };

export type Body = Readonly<Record<string, unknown>>;

export const refused = (message: string) => ({ ok: false, message }) as const;

/** A finite number from 0 to `highest`, or the reason why it is none. */
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

export function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

export function portable(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
