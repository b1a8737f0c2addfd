import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { encodeFrame, FrameReader, REPORT_LIMITS } from "../../functions/emulator/frames.ts";
import { readLines } from "../../functions/emulator/lines.ts";

async function linesOf(...pieces: string[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = new PassThrough();
  readLines(stream, (line) => lines.push(line));
  for (const piece of pieces) stream.write(piece);
  stream.end();
  await new Promise((resolve) => stream.once("close", resolve));
  return lines;
}

test("lines come out of pieces of any size, the last one without an end", async () => {
  expect(await linesOf("one\ntw", "o\r\n", "\n\nfo", "u", "r")).toEqual(["one", "two", "", "", "four"]);
});

test("of a line that is long, or has no end, the beginning is kept", async () => {
  const [long, piece] = ["y".repeat(2500), "x".repeat(300)];
  expect(await linesOf(`${long}\nshort\n`, ...Array.from({ length: 10 }, () => piece), "\nlast")).toEqual([
    "y".repeat(1000),
    "short",
    "x".repeat(1000),
    "last",
  ]);
});

test.each([
  ["head", 64 * 1024 + 1, 0],
  ["bytes", 0, 128 * 2 ** 20 + 1],
] as const)("a report that announces too many is none, before it has come: %s", (_what, head, bytes) => {
  const announced = Buffer.alloc(8);
  announced.writeUInt32LE(head, 0);
  announced.writeUInt32LE(bytes, 4);
  expect(() => new FrameReader(REPORT_LIMITS).add(announced)).toThrow("too large");
});

test("a report that is as large as it may be is read", () => {
  const frame = encodeFrame({ kind: "log", line: "" }, new Uint8Array(REPORT_LIMITS.bytes));
  expect(new FrameReader(REPORT_LIMITS).add(frame)[0]?.bytes).toHaveLength(REPORT_LIMITS.bytes);
});
