import { describe, expect, it } from "vitest";
import { LegacyRandom } from "../../functions/simulation/forecast/legacy.ts";
import { Mt19937 } from "../../functions/simulation/forecast/mt19937.ts";
import { fixture } from "./support.ts";

interface Sequence {
  readonly seed: number;
  readonly uint32: Record<string, number>;
  readonly uniform: number[];
  readonly normal: number[];
  readonly laplace: number[];
}

const sequences = fixture<Sequence[]>("random");

/** Equal but for the last bits of a logarithm. */
function expectClose(actual: number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value / (expected[i] ?? Number.NaN) - 1)).toBeLessThan(1e-13);
  });
}

describe("the Mersenne Twister", () => {
  it("gives the published numbers: the first and the 10000th of the default seed", () => {
    const generator = new Mt19937(5489);
    const numbers = Array.from({ length: 10_000 }, () => generator.nextUint32());
    expect([numbers[0], numbers[9999]]).toEqual([3499211612, 4123659995]);
  });

  it.each(sequences)("seeded with $seed gives numpy's bits and uniforms", ({ seed, uint32, uniform }) => {
    const bits = new Mt19937(seed);
    const numbers = Array.from({ length: 700 }, () => bits.nextUint32());
    for (const [place, value] of Object.entries(uint32)) expect(numbers[Number(place) - 1]).toBe(value);
    const doubles = new Mt19937(seed);
    expect(uniform.map(() => doubles.nextDouble())).toEqual(uniform);
  });

  it("counts the lowest 32 bits of a seed", () => {
    for (const seed of [2 ** 32 + 5, 2 ** 40 + 5])
      expect(new Mt19937(seed).nextUint32()).toBe(new Mt19937(5).nextUint32());
    expect(new Mt19937(2 ** 32 - 1).nextUint32()).not.toBe(new Mt19937(0).nextUint32());
  });
});

describe("numpy's legacy distributions", () => {
  it.each(sequences)("seeded with $seed give its normals and Laplacians", ({ seed, normal, laplace }) => {
    const forNormal = new LegacyRandom(seed);
    expectClose(
      normal.map(() => forNormal.normal(2, 3)),
      normal,
    );
    const forLaplace = new LegacyRandom(seed);
    expectClose(
      laplace.map(() => forLaplace.laplace(2, 3)),
      laplace,
    );
  });
});
