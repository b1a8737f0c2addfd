import type { components, operations } from "../../../clients/typescript/src/schema.ts";

/** The shapes of the API, out of its description: the page cannot drift from it. */

type Schemas = components["schemas"];

export type About = Readonly<Schemas["About"]>;
export type PointInfo = Readonly<Schemas["PointInfo"]>;
export type ListedTestcase = Readonly<
  operations["getTestcases"]["responses"][200]["content"]["application/json"][number]
>;
export type UploadForm = Readonly<operations["getPostForm"]["responses"][200]["content"]["application/json"]>;

/** Values by point, with `time`. */
export type Points = Readonly<Schemas["Points"]>;
export type Columns = Readonly<Record<string, readonly (number | null)[]>>;
export type Inputs = Readonly<Record<string, number>>;

export type Scenario = Readonly<Schemas["Scenario"]>;
export const PRICES = ["constant", "dynamic", "highly_dynamic"] as const satisfies Scenario["electricity_price"][];
export const LEVELS = ["none", "low", "medium", "high"] as const;

export type Kpis = Readonly<Schemas["Kpis"]>;
export type KpiName = keyof Kpis;
/** In the order in which they are shown. */
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
] as const satisfies KpiName[];

export type Checkpoint = Readonly<Schemas["Checkpoint"]>;
export type Rollout = Readonly<Schemas["Rollout"]>;
export type Run = Readonly<Schemas["Run"]>;
