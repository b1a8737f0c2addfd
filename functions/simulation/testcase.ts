import type { BoundaryData } from "./boundary.ts";
import type { Emulator } from "./emulator.ts";

/** An input or a measurement, as clients see it. */
export interface PointInfo {
  readonly Unit: string | null;
  readonly Description: string | null;
  readonly Minimum: number | null;
  readonly Maximum: number | null;
}

/** KPI map: from a signal type, with its zone in brackets if it has one, to its points. */
export type KpiMap = Readonly<Record<string, readonly string[]>>;

/** A test case: a building emulator with all that a benchmark needs. */
export interface TestCase {
  readonly id: string;
  /** Must change whenever the test case's trajectories or data change. */
  readonly version: string;
  /** Floor area (m²) that the KPIs are divided by. */
  readonly area: number;
  /** All in seconds. */
  readonly defaults: { readonly startTime: number; readonly warmupPeriod: number; readonly step: number };
  /** Named scenario days: name → day of the year around which the two weeks of the scenario lie. */
  readonly days: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, PointInfo>>;
  /** The values of inputs before a client sets them, where that is not 0: of inputs without an activation. */
  readonly starts?: Readonly<Record<string, number>>;
  readonly measurements: Readonly<Record<string, PointInfo>>;
  readonly kpiMap: KpiMap;
  readonly boundary: BoundaryData;
  readonly emulator: Emulator;
  /** A sentence that users of the test case should read. */
  readonly remark?: string;
}
