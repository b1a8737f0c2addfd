/** The least recently used content is dropped when the total exceeds a limit. Content under a key never changes. */
export class Memory {
  readonly #maxBytes: number;
  /** The most recently used content is last. */
  readonly #contents = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get objects(): number {
    return this.#contents.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Uint8Array | undefined {
    const content = this.#contents.get(key);
    if (content === undefined) return undefined;
    this.#contents.delete(key);
    this.#contents.set(key, content);
    return content;
  }

  /** Keeps a copy. Content larger than a quarter of the limit is not kept: it would displace most of the others. */
  set(key: string, content: Uint8Array): void {
    this.delete(key);
    if (content.length > this.#maxBytes / 4) return;
    // A copy, because the caller's array may be part of a larger buffer, or change.
    this.#contents.set(key, new Uint8Array(content));
    this.#bytes += content.length;
    for (const [oldest] of this.#contents) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#bytes -= this.#contents.get(key)?.length ?? 0;
    this.#contents.delete(key);
  }
}
