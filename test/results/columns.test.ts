import { afterAll, beforeAll, expect, it } from "vitest";
import { writeColumns } from "../../functions/results/columns.ts";
import type { Stretch } from "../../functions/results/stretches.ts";

/** Numbers that are written at once, which takes a millisecond or two. */
const MAX_AT_ONCE = 8192;
const ROWS = 5 * MAX_AT_ONCE + 1;

const samples = {
  names: ["time", "x"],
  columns: [Float64Array.from({ length: ROWS }, (_, i) => i), new Float64Array(ROWS).fill(0.5)],
};
const stretch: Stretch = { from: 0, to: ROWS - 1, rows: ROWS, bytes: 0, read: async () => samples };

/** How often the process has come to other work. */
let turns = 0;
let other: NodeJS.Immediate;
beforeAll(() => {
  const tick = () => {
    turns++;
    other = setImmediate(tick);
  };
  tick();
});
afterAll(() => {
  clearImmediate(other);
});

it("long columns are written a piece at a time, and whoever else has work in the process has a turn after each", async () => {
  const numbersIn = (piece: string) => piece.match(/[\d.]+(?=,|$)/g)?.length ?? 0;
  let written = 0;
  let before = turns;
  let text = "";
  for await (const piece of writeColumns([stretch], samples.names)) {
    text += piece;
    if (numbersIn(piece) === 0) continue;
    expect(numbersIn(piece)).toBeLessThanOrEqual(MAX_AT_ONCE);
    if (written > 0) expect(turns).toBeGreaterThan(before);
    written++;
    before = turns;
  }
  expect(written).toBe(12);
  expect(JSON.parse(text)).toEqual({ time: [...(samples.columns[0] ?? [])], x: [...(samples.columns[1] ?? [])] });
});
