/** More reasons than these help nobody. */
const MOST = 50;

/** Why a package is refused: every reason, as a sentence for whoever uploaded it. */
export class Reasons {
  readonly #sentences: string[] = [];
  #more = 0;

  /** Takes down a reason; the same one only once. */
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

/** A name of the uploader's, quoted, cut, and without anything that a terminal would obey. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
