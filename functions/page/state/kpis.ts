import type { KpiName } from "../client/types.ts";

/** What a KPI means. Less is better for each. */
export const KPIS: Readonly<Record<KpiName, { readonly name: string; readonly unit: string; readonly means: string }>> =
  {
    tdis_tot: {
      name: "Thermal discomfort",
      unit: "K·h/zone",
      means: "How far, and for how long, zone temperatures were outside the comfort band.",
    },
    idis_tot: {
      name: "Air quality discomfort",
      unit: "ppm·h/zone",
      means: "How far, and for how long, the CO₂ concentration was above its limit.",
    },
    ener_tot: { name: "Energy", unit: "kWh/m²", means: "All energy that the building's systems used, per floor area." },
    cost_tot: { name: "Cost", unit: "€/m²", means: "What that energy cost, at the prices of the scenario." },
    emis_tot: { name: "Emissions", unit: "kgCO₂/m²", means: "The carbon dioxide that the energy stands for." },
    pele_tot: {
      name: "Peak electricity",
      unit: "kW/m²",
      means: "The highest mean electric power of any 15 minutes.",
    },
    pgas_tot: { name: "Peak gas", unit: "kW/m²", means: "The highest mean gas power of any 15 minutes." },
    pdih_tot: {
      name: "Peak district heating",
      unit: "kW/m²",
      means: "The highest mean district heating power of any 15 minutes.",
    },
    time_rat: {
      name: "Controller's time",
      unit: "s/s",
      means: "The controller's own time between two steps, over the step's length.",
    },
  };
