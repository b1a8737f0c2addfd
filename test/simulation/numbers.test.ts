import { describe, expect, it } from "vitest";
import { readNumber } from "../../functions/simulation/numbers.ts";
import { fixture } from "./support.ts";

/** Python's repr of a float, as JavaScript reads it. */
function fromRepr(repr: string): number {
  if (repr === "nan") return Number.NaN;
  if (repr.endsWith("inf")) return repr.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(repr);
}

describe("a number from outside", () => {
  const cases = fixture<[string, string | null][]>("numbers");

  it.each(cases)("%j is read as by Python: %s", (text, repr) => {
    expect(readNumber(text)).toStrictEqual(repr === null ? undefined : fromRepr(repr));
  });

  it("is a JSON number as it is", () => {
    for (const value of [0, -0, 1.5, -1e300, Number.NaN, Number.POSITIVE_INFINITY])
      expect(readNumber(value)).toBe(value);
  });

  it("is nothing else", () => {
    for (const value of [
      true,
      false,
      null,
      undefined,
      [],
      [1],
      ["1"],
      {},
      { valueOf: () => 1 },
      1n,
      Symbol("1"),
      new Number(1),
    ]) {
      expect(readNumber(value)).toBeUndefined();
    }
  });

  it("is refused at once when its text is enormous", () => {
    expect(readNumber("1_".repeat(1_000_000))).toBeUndefined();
    expect(readNumber(`${"1_".repeat(499)}_`)).toBeUndefined();
  });
});
