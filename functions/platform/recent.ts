/** Values of this process under keys. The least recently used are dropped when all of them exceed a limit. */
export class Recent<T> {
  readonly #maxBytes: number;
  readonly #bytesOf: (value: T) => number;
  /** The most recently used value is last. */
  readonly #values = new Map<string, T>();
  #bytes = 0;

  constructor(maxBytes: number, bytesOf: (value: T) => number) {
    this.#maxBytes = maxBytes;
    this.#bytesOf = bytesOf;
  }

  get count(): number {
    return this.#values.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** A value larger than a quarter of the limit is not kept: it would displace most of the others. */
  set(key: string, value: T): void {
    this.delete(key);
    const bytes = this.#bytesOf(value);
    if (bytes > this.#maxBytes / 4) return;
    this.#values.set(key, value);
    this.#bytes += bytes;
    for (const [oldest] of this.#values) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#bytes -= this.#bytesOf(value);
    this.#values.delete(key);
  }
}
