import { LONGEST_LINE } from "./lines.ts";

const LINES = 100;

/** The last lines of what a model logged and printed. */
export class LogTail {
  #lines: string[] = [];
  #dropped = 0;

  add(line: string): void {
    this.#lines.push(line.slice(0, LONGEST_LINE));
    if (this.#lines.length < 2 * LINES) return;
    this.#dropped += this.#lines.length - LINES;
    this.#lines = this.#lines.slice(-LINES);
  }

  /** The lines since the last call: the last hundred at most. */
  take(): string[] {
    const [lines, dropped] = [this.#lines.slice(-LINES), this.#dropped + Math.max(0, this.#lines.length - LINES)];
    this.#lines = [];
    this.#dropped = 0;
    return dropped > 0 ? [`(${dropped} lines before)`, ...lines] : lines;
  }
}
