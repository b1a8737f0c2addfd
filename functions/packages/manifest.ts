import type { KpiMap, PointInfo } from "../simulation/testcase.ts";
import type { Model, Verdict } from "./model.ts";

/** The layout below. Raised whenever it changes. */
export const MANIFEST_LAYOUT = 2;
/**
 * All layouts that can be read; packages of others must be uploaded again. Of layout 1 nobody has verified that the model's
 * state is its state: such packages are replayed until they are uploaded again.
 */
export const READABLE_LAYOUTS: readonly number[] = [1, MANIFEST_LAYOUT];

/**
 * A test case package that was taken in, without its binary: everything that answering and simulating need to know.
 * Immutable, and addressed by the content of what was uploaded.
 */
export interface Manifest {
  readonly layout: number;
  /** SHA-256 over the FMU and what was uploaded beside it, hex: the test case's version, and the name of its objects. */
  readonly hash: string;
  /** SHA-256 of the FMU alone, hex, and its size. */
  readonly fmu: { readonly hash: string; readonly bytes: number };
  readonly area: number;
  /** All in seconds. */
  readonly defaults: { readonly startTime: number; readonly warmupPeriod: number; readonly step: number };
  readonly days: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, PointInfo>>;
  readonly measurements: Readonly<Record<string, PointInfo>>;
  readonly kpiMap: KpiMap;
  readonly boundary: readonly BoundaryColumn[];
  readonly model: Model;
  /** What came of trying the model; before that, of what it claims. */
  readonly verdict: Verdict;
}

/** A point of the boundary data as it was in the CSV files: one year, on its file's own times. */
export interface BoundaryColumn {
  readonly point: string;
  readonly Unit: string;
  readonly Description: string;
  /** Held until the next value, or interpolated linearly between two. */
  readonly between: "held" | "interpolated";
  /** Float64, little endian, base64. Times in s from the year's beginning, rising; equal columns of times share text. */
  readonly times: string;
  readonly values: string;
}
