/** How much of a model's log a log line or an answer repeats: the last lines, and the beginning of each. */
const MAX_LINES = 20;
const MAX_LENGTH = 300;

/** A model's last log lines as one text. The model's author writes them, so they can contain anything. */
export function joinLines(lines: readonly string[]): string {
  return lines
    .slice(-MAX_LINES)
    .map((line) => line.slice(0, MAX_LENGTH))
    .join("\n");
}
