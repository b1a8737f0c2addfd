import { describe, expect, it } from "vitest";
import { intakeTimes } from "../../functions/intake/take-in.ts";

const VERIFY_MS = 120_000;

describe("the time that intake takes for an upload", () => {
  it.each([
    [240_000, 180_000, 90_000],
    [239_999, 179_999, 89_999],
    [61_001, 1_001, 500],
    // Nearly at its end: the check is begun all the same, and says that there was no time.
    [10, 1_000, 500],
    [60_000.7, 1_000, 500],
    [599_999, 539_999, VERIFY_MS],
    [undefined, 120_000, 60_000],
  ])("with %s ms left of its invocation is %s ms, %s of them for verifying", (leftMs, limitMs, verifyMs) => {
    expect(intakeTimes(leftMs, VERIFY_MS)).toEqual({ limitMs, verifyMs });
  });

  it("is such that a timer takes it, however odd what is left", () => {
    for (const leftMs of [240_000, 239_999, 239_998.5, 61_003]) {
      for (const ms of Object.values(intakeTimes(leftMs, VERIFY_MS))) {
        expect(() => AbortSignal.timeout(ms)).not.toThrow();
      }
    }
  });
});
