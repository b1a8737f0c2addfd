/** As much of a model's log as one line of ours, or an answer, repeats: the last lines, and of each its beginning. */
const MOST_LINES = 20;
const MOST_LENGTH = 300;

/** A model's last log lines as one text: what it says is its author's, and may be anything. */
export function joinLines(lines: readonly string[]): string {
  return lines
    .slice(-MOST_LINES)
    .map((line) => line.slice(0, MOST_LENGTH))
    .join("\n");
}
