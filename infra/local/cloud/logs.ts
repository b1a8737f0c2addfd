import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";

const KEPT_LINES = 500;
const FLUSH_MS = 50;

/** The output of functions: one file for each, and the newest lines in memory. */
export class Logs {
  readonly #dir: string;
  readonly #listener: ((name: string, line: string) => void) | undefined;
  readonly #files = new Map<string, WriteStream>();
  /** Lines to write to the files in batches, because each write is a system call. */
  readonly #unwritten = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  readonly #recent = new Map<string, string[]>();

  constructor(dir: string, listener?: (name: string, line: string) => void) {
    this.#dir = dir;
    this.#listener = listener;
  }

  write(name: string, line: string): void {
    this.#unwritten.set(name, `${this.#unwritten.get(name) ?? ""}${line}\n`);
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
    const recent = this.recent(name);
    recent.push(line);
    if (recent.length > KEPT_LINES) recent.shift();
    this.#listener?.(name, line);
  }

  recent(name: string): string[] {
    const lines = this.#recent.get(name) ?? [];
    this.#recent.set(name, lines);
    return lines;
  }

  async close(): Promise<void> {
    this.#flush();
    await Promise.all([...this.#files.values()].map((file) => new Promise<void>((resolve) => file.end(resolve))));
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [name, lines] of this.#unwritten) this.#file(name).write(lines);
    this.#unwritten.clear();
  }

  #file(name: string): WriteStream {
    const known = this.#files.get(name);
    if (known) return known;
    const file = createWriteStream(join(this.#dir, `${name}.log`), { flags: "a" });
    // A full disk must not end the stack.
    file.on("error", () => {});
    this.#files.set(name, file);
    return file;
  }
}
