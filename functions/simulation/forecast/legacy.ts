import { Mt19937 } from "./mt19937.ts";

/**
 * Random numbers as numpy's legacy generator (`numpy.random.seed`, `normal`, `laplace`) draws them: the same uniforms,
 * used in the same order. Only the last bits of the logarithm may differ from machine to machine.
 */
export class LegacyRandom {
  private readonly uniform: Mt19937;
  /** The second normal of a pair, kept for the next call; a new seed begins without one. */
  private kept: number | undefined;

  /** `seed`: an integer ≥ 0. */
  constructor(seed: number) {
    this.uniform = new Mt19937(seed);
  }

  /** Normal, by Marsaglia's polar method. */
  normal(mean: number, deviation: number): number {
    return mean + deviation * this.standardNormal();
  }

  /** Laplace, by inversion of its distribution function. */
  laplace(location: number, scale: number): number {
    for (;;) {
      const u = this.uniform.nextDouble();
      if (u >= 0.5) return location - scale * Math.log(2 - u - u);
      if (u > 0) return location + scale * Math.log(u + u);
    }
  }

  private standardNormal(): number {
    if (this.kept !== undefined) {
      const kept = this.kept;
      this.kept = undefined;
      return kept;
    }
    for (;;) {
      const x1 = 2 * this.uniform.nextDouble() - 1;
      const x2 = 2 * this.uniform.nextDouble() - 1;
      const squared = x1 * x1 + x2 * x2;
      if (squared === 0 || squared >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
      this.kept = factor * x1;
      return factor * x2;
    }
  }
}
