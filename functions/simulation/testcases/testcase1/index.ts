import type { KpiMap, TestCase } from "../../testcase.ts";
import { zoneBoundary } from "../zone/boundary.ts";
import { zoneEmulator } from "../zone/emulator.ts";
import { inputs, measurements } from "./points.ts";

const kpiMap: KpiMap = {
  "AirZoneTemperature[1]": ["TRooAir_y"],
  GasPower: ["PHeaCoo_y"],
  "CO2Concentration[1]": ["CO2RooAir_y"],
};

/** One zone, one heater. The physics is the shared zone's: see `../zone/parameters.ts`. */
export const testcase1: TestCase = {
  id: "testcase1",
  version: "2",
  area: 10,
  defaults: { startTime: 0, warmupPeriod: 0, step: 60 },
  days: { test_day: 20 },
  inputs,
  measurements,
  kpiMap,
  boundary: zoneBoundary([{ name: "1", lower: 293.15, upper: 296.15, co2: 894 }]),
  emulator: zoneEmulator(
    [
      {
        setpoints: { before: 293.15, after: 295.15 },
        heat: "oveAct_u",
        activate: "oveAct_activate",
        temperature: "TRooAir_y",
        power: "PHeaCoo_y",
        co2: "CO2RooAir_y",
      },
    ],
    "cvode",
  ),
};
