import type { Readable } from "node:stream";

/** Characters that are kept of a line. */
export const LONGEST_LINE = 1000;

/** Reads lines from a stream that may never end a line: the beginning of each line is kept, the rest is dropped. */
export function readLines(stream: Readable, add: (line: string) => void): void {
  let begun = "";
  const finish = () => {
    add(begun.replace(/\r$/, ""));
    begun = "";
  };
  stream.setEncoding("utf8");
  stream.on("data", (piece: string) => {
    let at = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", at)) {
      begun += piece.slice(at, Math.min(end, at + LONGEST_LINE - begun.length));
      finish();
      at = end + 1;
    }
    begun += piece.slice(at, at + LONGEST_LINE - begun.length);
  });
  // The last line may have no end.
  stream.on("close", () => {
    if (begun !== "") finish();
  });
  stream.on("error", () => undefined);
}
