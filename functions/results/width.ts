import { SAMPLE_SECONDS } from "../simulation/grid.ts";
import type { TestCase } from "../simulation/testcase.ts";

/** A double in base64. */
const VALUE_BYTES = (8 * 4) / 3;

/** What a test's results take in Redis at the most, bytes per simulated second, heads of chunks aside. */
export function resultsWidth(testcase: Pick<TestCase, "inputs" | "measurements">): number {
  const columns = 1 + Object.keys(testcase.inputs).length + Object.keys(testcase.measurements).length;
  return (columns * VALUE_BYTES) / SAMPLE_SECONDS;
}
