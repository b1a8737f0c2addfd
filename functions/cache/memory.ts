/** Content of recently used objects, bounded. Objects never change, so there is nothing to keep in step. */
export class Memory {
  readonly #maxBytes: number;
  /** In the order of their use, the last used at the end. */
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

  /** Keeps a copy; one that would push out most of the others is not kept. */
  set(key: string, content: Uint8Array): void {
    this.delete(key);
    if (content.length > this.#maxBytes / 4) return;
    // A copy: the caller's may be a piece of something larger, or be written to.
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
