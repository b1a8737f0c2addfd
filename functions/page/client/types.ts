/** What the API answers, as far as the page uses it: see `functions/api/openapi.yaml`. */

export interface PointInfo {
  readonly Unit: string | null;
  readonly Description: string | null;
  readonly Minimum: number | null;
  readonly Maximum: number | null;
}

export interface About {
  readonly testcaseid: string;
  /** m² */
  readonly area: number;
  /** s */
  readonly defaults: { readonly start_time: number; readonly warmup_period: number; readonly step: number };
  readonly time_periods: Readonly<Record<string, { readonly start_time: number; readonly final_time: number }>>;
  readonly signals: Readonly<Record<string, readonly string[]>>;
  readonly inputs: Readonly<Record<string, PointInfo>>;
  readonly measurements: Readonly<Record<string, PointInfo>>;
  readonly forecast_points: Readonly<Record<string, { readonly Unit: string; readonly Description: string }>>;
  readonly remark?: string;
}

export interface ListedTestcase {
  readonly testcaseid: string;
  readonly status?: "ready" | "checking" | "refused";
  readonly reasons?: readonly string[];
}

/** Values by point, with `time`. */
export type Points = Readonly<Record<string, number>>;
export type Columns = Readonly<Record<string, readonly (number | null)[]>>;
export type Inputs = Readonly<Record<string, number>>;

export const PRICES = ["constant", "dynamic", "highly_dynamic"] as const;
export const LEVELS = ["none", "low", "medium", "high"] as const;

export interface Scenario {
  readonly electricity_price: (typeof PRICES)[number];
  readonly time_period: string | null;
  readonly temperature_uncertainty: string | null;
  readonly solar_uncertainty: string | null;
  readonly seed: number | null;
}

export const KPI_NAMES = [
  "tdis_tot",
  "idis_tot",
  "ener_tot",
  "cost_tot",
  "emis_tot",
  "pele_tot",
  "pgas_tot",
  "pdih_tot",
  "time_rat",
] as const;
export type KpiName = (typeof KPI_NAMES)[number];
export type Kpis = Readonly<Record<KpiName, number | null>>;

export interface Checkpoint {
  readonly name: string;
  readonly time: number;
  readonly created: string;
}

export interface Rollout {
  readonly values: readonly Points[];
  readonly kpis: { readonly rollout: Partial<Kpis>; readonly total: Partial<Kpis> };
}
