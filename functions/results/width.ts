import { SAMPLE_SECONDS } from "../simulation/grid.ts";
import type { TestCase } from "../simulation/testcase.ts";

/** A double in base64. */
const VALUE_BYTES = (8 * 4) / 3;

/** The most bytes that a test's results take in Redis per simulated second, without the heads of chunks. */
export function resultsWidth(testcase: Pick<TestCase, "inputs" | "measurements">): number {
  const columns = 1 + Object.keys(testcase.inputs).length + Object.keys(testcase.measurements).length;
  return (columns * VALUE_BYTES) / SAMPLE_SECONDS;
}
