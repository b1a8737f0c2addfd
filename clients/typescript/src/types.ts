import type { components, operations } from "./schema.ts";

/** Short names for the API's types. They come from the service's description; times are in seconds. */

type Schemas = components["schemas"];
type JsonBody<Name extends keyof operations> = operations[Name] extends {
  requestBody?: { content: { "application/json": infer Body } };
}
  ? Body
  : never;
type Ok<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;
type Payload<Name extends keyof operations> = Ok<Name> extends { payload?: infer Value } ? NonNullable<Value> : never;

/** The value of every point at one time; `time` in s from the start of the year. */
export type Points = Readonly<Schemas["Points"]>;
/** Columns of equal length, `time` among them. */
export type Columns = Readonly<Record<string, readonly number[]>> & { readonly time: readonly number[] };
/** The inputs of one step, by name. One that is not named keeps its value. */
export type Inputs = Readonly<Record<string, number | string | boolean | null>>;
/** A point's unit, description and limits; null where a point has none. */
export type PointInfo = Readonly<Schemas["PointInfo"]>;
/** The description of a test case. */
export type About = Readonly<Schemas["About"]>;
/** The nine KPIs; null if a KPI does not apply. */
export type Kpis = Readonly<Schemas["Kpis"]>;
export type SimulatedKpis = Readonly<Schemas["SimulatedKpis"]>;
/** The current scenario. */
export type Scenario = Readonly<Schemas["Scenario"]>;
/** A change of the scenario. */
export type ScenarioChange = Readonly<JsonBody<"setScenario">>;
/** The fields that were set, and null for the others; for `time_period` the value of every point after the warm-up. */
export type ScenarioSet = Omit<Payload<"setScenario">, "time_period"> & { readonly time_period: Points | null };
export type Checkpoint = Readonly<Schemas["Checkpoint"]>;
/** The result of one candidate. */
export type Rollout = Readonly<Schemas["Rollout"]>;
/** The state of a test's run by itself. */
export type Run = Readonly<Schemas["Run"]>;
export type ListedTestCase = Ok<"getTestcases">[number];
export type Health = Ok<"getHealth">;
export type Version = { readonly version: string; readonly service?: string };
export type UploadForm = Ok<"getPostForm">;
