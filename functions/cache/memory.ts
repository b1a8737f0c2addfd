import { Recent } from "../platform/recent.ts";

/** The least recently used content is dropped when the total exceeds a limit. Content under a key never changes. */
export class Memory {
  readonly #contents: Recent<Uint8Array>;

  constructor(maxBytes: number) {
    this.#contents = new Recent(maxBytes, ({ length }) => length);
  }

  get objects(): number {
    return this.#contents.count;
  }

  get bytes(): number {
    return this.#contents.bytes;
  }

  get(key: string): Uint8Array | undefined {
    return this.#contents.get(key);
  }

  /** Keeps a copy, because the caller's array may be part of a larger buffer, or change. */
  set(key: string, content: Uint8Array): void {
    this.#contents.set(key, new Uint8Array(content));
  }

  delete(key: string): void {
    this.#contents.delete(key);
  }
}
