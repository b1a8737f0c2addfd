import type { BoundaryData } from "./boundary.ts";
import type { Emulator } from "./emulator.ts";

/** What a client may know of an input or a measurement. */
export interface PointInfo {
  readonly Unit: string | null;
  readonly Description: string | null;
  readonly Minimum: number | null;
  readonly Maximum: number | null;
}

/** KPI map: signal type, or signal type with its zone in brackets, to the points that carry it. */
export type KpiMap = Readonly<Record<string, readonly string[]>>;

/** A test case: a building emulator with everything that a benchmark on it needs. */
export interface TestCase {
  readonly id: string;
  /** Changes whenever the test case's trajectories or data would. */
  readonly version: string;
  /** Floor area (m²) that the KPIs are divided by. */
  readonly area: number;
  /** All in seconds. */
  readonly defaults: { readonly startTime: number; readonly warmupPeriod: number; readonly step: number };
  /** Named scenario days: name → day of the year around which the two weeks of the scenario lie. */
  readonly days: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, PointInfo>>;
  readonly measurements: Readonly<Record<string, PointInfo>>;
  readonly kpiMap: KpiMap;
  readonly boundary: BoundaryData;
  readonly emulator: Emulator;
  /** What its users should know besides, in a sentence. */
  readonly remark?: string;
}
