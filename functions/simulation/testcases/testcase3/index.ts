import type { KpiMap, TestCase } from "../../testcase.ts";
import { zoneBoundary } from "../zone/boundary.ts";
import { type Zone, zoneEmulator } from "../zone/emulator.ts";
import { inputs, measurements } from "./points.ts";

const kpiMap: KpiMap = {
  "OperativeZoneTemperature[South]": ["TRooAirSou_y"],
  "AirZoneTemperature[North]": ["TRooAirNor_y"],
  GasPower: ["PHeaCooSou_y", "PHeaCooNor_y"],
  "CO2Concentration[South]": ["CO2RooAirSou_y"],
  "CO2Concentration[North]": ["CO2RooAirNor_y"],
};

const south: Zone = {
  setpoints: { before: 293.15, after: 295.15 },
  heat: "oveActSou_u",
  activate: "oveActSou_activate",
  temperature: "TRooAirSou_y",
  power: "PHeaCooSou_y",
  co2: "CO2RooAirSou_y",
};

const north: Zone = {
  setpoints: { before: 294.15, after: 296.15 },
  heat: "oveActNor_u",
  activate: "oveActNor_activate",
  temperature: "TRooAirNor_y",
  power: "PHeaCooNor_y",
  co2: "CO2RooAirNor_y",
};

/** Two zones, two heaters, not coupled. The physics is the shared zone's: see `../zone/parameters.ts`. */
export const testcase3: TestCase = {
  id: "testcase3",
  version: "2",
  area: 20,
  defaults: { startTime: 0, warmupPeriod: 0, step: 60 },
  days: { test_day: 20 },
  inputs,
  measurements,
  kpiMap,
  boundary: zoneBoundary([
    { name: "South", lower: 293.15, upper: 296.15, co2: 894 },
    { name: "North", lower: 294.15, upper: 297.15, co2: 994 },
  ]),
  emulator: zoneEmulator([south, north], "cvode"),
};
