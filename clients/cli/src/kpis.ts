import type { Kpis } from "../../typescript/src/index.ts";

/** What a KPI is told in; `about` has the floor area by which most are divided. */
export const UNITS: Readonly<Record<string, string>> = {
  ener_tot: "kWh/m²",
  cost_tot: "$/m² or €/m²",
  emis_tot: "kgCO₂/m²",
  tdis_tot: "K·h/zone",
  idis_tot: "ppm·h/zone",
  pele_tot: "kW/m²",
  pgas_tot: "kW/m²",
  pdih_tot: "kW/m²",
  time_rat: "s/s",
};

/** KPIs as a table: name, value, unit. */
export const kpiRows = (kpis: Kpis): (readonly unknown[])[] =>
  Object.entries(kpis).map(([name, value]) => [name, value, value === null ? "" : UNITS[name]]);
