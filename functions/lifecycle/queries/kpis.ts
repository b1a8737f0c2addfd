import { type Kpis, readKpis } from "../../simulation/kpis/kpis.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import type { TestFields } from "../../streams/claim.ts";
import { decode, timeRatio } from "../record/record.ts";

/** All nine KPIs: eight from the simulation, and `time_rat` from the wall clock. */
export type AllKpis = Kpis & { readonly time_rat: number | null };

/** The KPIs since the test's start. Needs the fields `state`, `scenario` and `timing`. */
export function kpisOf(test: TestFields, testcase: TestCase): AllKpis {
  const kpis = readKpis(testcase, decode(test, "state").kpis, decode(test, "scenario").electricity_price);
  return { ...kpis, time_rat: timeRatio(decode(test, "timing")) };
}
