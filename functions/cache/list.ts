import { type Entry, readPage, readSize } from "./index-entries.ts";
import type { Parts } from "./parts.ts";

export interface ListOptions {
  readonly prefix?: string;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit?: number;
}

/** A page of objects in the order of their keys, and where the next page begins: 1 Redis round trip. */
export async function list(
  parts: Parts,
  { prefix = "", after, limit = 100 }: ListOptions = {},
): Promise<{ objects: Entry[]; next: string | undefined }> {
  const from = after === undefined ? (prefix === "" ? "-" : `[${prefix}`) : `(${after}`;
  // Keys are ASCII, so \u00ff comes after every key with this prefix.
  const entries = await readPage(parts, from, prefix === "" ? "+" : `(${prefix}\u00ff`, limit);
  const objects = entries.map(({ key, size, readMs = 0 }) => ({ key, ...readSize(size), readMs }));
  return { objects, next: entries.length === limit ? entries.at(-1)?.key : undefined };
}
