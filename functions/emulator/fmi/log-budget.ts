import type { Status } from "./status.ts";

/** Messages of one order that are passed on as they come: of those that are mere information, and of all others. */
const [MOST_INFORMATION, MOST_OTHERS] = [100, 1000];
/** Of the others that come after these, the last ones are kept until the order ends. */
const LAST = 20;

/**
 * Bounds what a model logs while it carries out one order. Models may log at each evaluation, and each line that is passed on
 * costs time. What comes first is passed on at once, so that it is not lost if the model crashes.
 */
export class LogBudget {
  readonly #write: (line: string) => void;
  #information = 0;
  #others = 0;
  #last: string[] = [];

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** One message; `line` makes its text, and is not called for those that are left out. */
  add(status: Status, line: () => string): void {
    if (status === "fmi2OK") {
      if (++this.#information <= MOST_INFORMATION) this.#write(line());
      return;
    }
    if (++this.#others <= MOST_OTHERS) {
      this.#write(line());
      return;
    }
    this.#last.push(line());
    if (this.#last.length > LAST) this.#last.shift();
  }

  /** The order is carried out, or has failed: what was kept is passed on, and how many were left out. */
  end(): void {
    const leftOut =
      Math.max(0, this.#information - MOST_INFORMATION) + Math.max(0, this.#others - MOST_OTHERS - this.#last.length);
    if (leftOut > 0) this.#write(`(${leftOut} messages left out)`);
    for (const line of this.#last) this.#write(line);
    [this.#information, this.#others, this.#last] = [0, 0, []];
  }
}
