import type { KpiMap, PointInfo } from "../simulation/testcase.ts";
import type { Model, Verdict } from "./model.ts";

/** The number of the layout below. It is raised with every change of the layout. */
export const MANIFEST_LAYOUT = 2;
/**
 * The layouts that this version can read. Packages of other layouts must be uploaded again. Models of layout 1 were never
 * verified: they are replayed until they are uploaded again.
 */
export const READABLE_LAYOUTS: readonly number[] = [1, MANIFEST_LAYOUT];

/**
 * A published test case package without its binary: everything that answering and simulating need. Immutable, and named by the
 * hash of what was uploaded.
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
  /** The FMU came without BOPTEST's settings: see `settings.ts`. */
  readonly isPlain?: true;
  /** The outcome of verifying the model. */
  readonly verdict: Verdict;
}

/** A column of the CSV files: one point of the boundary data over one year, at its file's own times. */
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
