import { expect, it } from "vitest";
import { pauses } from "../../functions/streams/wait.ts";

/** When the first looks of a wait come, ms from its beginning, if a look itself took no time. */
function looksOf(count: number, firstPauseMs?: number): number[] {
  const ofWait = pauses(firstPauseMs);
  let atMs = 0;
  return Array.from({ length: count }, () => {
    atMs += ofWait.next().value;
    return Math.floor(atMs);
  });
}

it("come soon, at pauses that grow by half, and are 400 ms apart in the end", () => {
  expect(looksOf(12)).toEqual([12, 30, 57, 97, 158, 249, 386, 591, 898, 1298, 1698, 2098]);
});

it("are as far apart as that almost at once in a wait that is a long one already", () => {
  expect(looksOf(3, 350)).toEqual([350, 750, 1150]);
});

it("find an answer no later than half the time that it took, and the first pause", () => {
  for (const [i, lookMs] of looksOf(20).entries()) {
    const before = i === 0 ? 0 : (looksOf(i).at(-1) ?? 0);
    expect(lookMs - before).toBeLessThanOrEqual(13 + before / 2);
  }
});
