import { describe, expect, it } from "vitest";
import { Integrator } from "../../functions/simulation/bdf/integrator.ts";
import { at, type Problem } from "../../functions/simulation/bdf/problem.ts";
import { fixture } from "./support.ts";

/** As fixtures/steps.c has them. `stops`: no step goes past a multiple of it. */
interface Case {
  readonly problem: Problem;
  readonly start: readonly number[];
  readonly stops: number;
  /** What becomes of y at a root. */
  readonly bounce?: (y: Float64Array) => void;
}

const none = { indicators: 0, indicate: () => {} };

const kinetics: Case = {
  problem: {
    ...none,
    size: 3,
    relativeTolerance: 1e-4,
    absoluteTolerance: 1e-8,
    derive(_time, y, slope) {
      const first = -0.04 * at(y, 0) + 1e4 * at(y, 1) * at(y, 2);
      const third = 3e7 * at(y, 1) * at(y, 1);
      slope.set([first, -first - third, third]);
    },
  },
  start: [1, 0, 0],
  stops: 1e5,
};

const oscillator: Case = {
  problem: {
    ...none,
    size: 2,
    relativeTolerance: 1e-5,
    absoluteTolerance: 1e-7,
    derive: (_time, y, slope) => slope.set([at(y, 1), 30 * (1 - at(y, 0) * at(y, 0)) * at(y, 1) - at(y, 0)]),
  },
  start: [2, 0],
  stops: 7,
};

const spring: Case = {
  problem: {
    size: 2,
    relativeTolerance: 1e-6,
    absoluteTolerance: 3e-6,
    derive: (_time, y, slope) => slope.set([at(y, 1), -at(y, 0)]),
    indicators: 2,
    indicate: (_time, y, values) => values.set([at(y, 1) + 10, at(y, 0) + 0.25]),
  },
  start: [1, 0],
  stops: 0.5,
  bounce: (y) => {
    y[0] = at(y, 0) + 0.05;
    y[1] = -0.9 * at(y, 1);
  },
};

type Step = [time: number, order: number, isRoot: number, first: number];

/** So many steps as CVODE would, `renewed` before each one by an integrator that got the memory of the one before. */
function take({ problem, start, stops, bounce }: Case, most: number, renewed = false): Step[] {
  let integrator = new Integrator(problem);
  const y = Float64Array.from(start);
  integrator.begin(0, y);
  let stop = stops;
  return Array.from({ length: most }, () => {
    while (stop <= integrator.time) stop += stops;
    if (renewed && integrator.memory.steps > 0) {
      const { memory } = integrator;
      integrator = new Integrator(problem);
      integrator.resume(JSON.parse(JSON.stringify(memory.write())));
    }
    const isRoot = integrator.step(stop, y);
    const { time, memory } = integrator;
    const step: Step = [time, memory.order, Number(isRoot), at(y, 0)];
    if (isRoot) {
      bounce?.(y);
      integrator.begin(time, y);
    }
    return step;
  });
}

describe("the integrator", () => {
  // Where a step's length follows from a difference of nearly equal numbers, another rounding shows in it, and in all after it.
  it.each([
    ["kinetics", kinetics, 1e-3],
    ["oscillator", oscillator, 1e-6],
    ["spring", spring, 1e-5],
  ] as const)("takes CVODE's steps: %s", (name, problem, tolerance) => {
    const expected = fixture<Record<string, Step[]>>("steps")[name] ?? [];
    const taken = take(problem, expected.length);
    expect(taken.map(([, order, isRoot]) => [order, isRoot])).toEqual(
      expected.map(([, order, isRoot]) => [order, isRoot]),
    );
    for (const [i, [time, , , first]] of expected.entries()) {
      expect(Math.abs((taken[i]?.[0] ?? 0) / time - 1), `step ${i}`).toBeLessThan(tolerance);
      expect(Math.abs((taken[i]?.[3] ?? 0) - first), `step ${i}`).toBeLessThan(tolerance);
    }
    expect(new Set(expected.map(([, order]) => order)).size).toBeGreaterThan(3);
  });

  it.each([
    ["kinetics", kinetics],
    ["oscillator", oscillator],
    ["spring", spring],
  ] as const)("is all in its memory: %s, each step by another integrator", (_name, problem) => {
    expect(take(problem, 160, true)).toEqual(take(problem, 160));
  });

  it("refuses a memory of another problem", () => {
    const { memory } = new Integrator(kinetics.problem);
    expect(() => new Integrator(spring.problem).resume(memory.write())).toThrow("a memory of");
  });

  it("gives up where no step is good enough", () => {
    const integrator = new Integrator({ ...spring.problem, derive: (_time, _y, slope) => slope.fill(Number.NaN) });
    integrator.begin(0, Float64Array.of(1, 0));
    expect(() => integrator.step(1, new Float64Array(2))).toThrow("the integrator");
  });
});
