/** More reasons are only counted. */
const MOST = 50;

/** What a check came to: a value, or the reasons why there is none, as sentences for the uploader. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** Collects the reasons why a package is refused, as sentences for the uploader. */
export class Reasons {
  readonly #sentences: string[] = [];
  #more = 0;

  /** Adds a reason. Equal reasons are added once. */
  add(sentence: string): void {
    if (this.#sentences.includes(sentence)) return;
    if (this.#sentences.length < MOST) this.#sentences.push(sentence);
    else this.#more++;
  }

  get count(): number {
    return this.#sentences.length + this.#more;
  }

  list(): readonly string[] {
    return this.#more === 0 ? this.#sentences : [...this.#sentences, `And there are ${this.#more} reasons more.`];
  }
}

/** A name that the uploader chose: in quotes, shortened, and without control characters. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
