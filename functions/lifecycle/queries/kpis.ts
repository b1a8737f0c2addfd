import { type Kpis, readKpis } from "../../simulation/kpis/kpis.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { TestFields } from "../../streams/claim.ts";
import { scenarioOf, snapshotOf, timeRatio, timingOf } from "../record/record.ts";

/** All nine KPIs: eight that follow from the simulation, and `time_rat`, which the wall clock tells. */
export type AllKpis = Kpis & { readonly time_rat: number | null };

/** The KPIs since the test's start. Needs the fields `state`, `scenario` and `timing`. */
export function kpisOf(test: TestFields, testcase: TestCase): AllKpis {
  const kpis = readKpis(testcase, snapshotOf(test).kpis, scenarioOf(test).electricity_price);
  return { ...kpis, time_rat: timeRatio(timingOf(test)) };
}
