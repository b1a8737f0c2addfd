import type { Readable } from "node:stream";

/** Characters of a line that are kept. */
export const LONGEST_LINE = 1000;

/** Tells the lines of what somebody prints who may never end one: the beginning of each is kept, the rest dropped. */
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
  // Its last words may lack an end.
  stream.on("close", () => {
    if (begun !== "") finish();
  });
  stream.on("error", () => undefined);
}
