import type { PointInfo } from "../../testcase.ts";
import { activation, heatInput, measurement } from "../zone/points.ts";

export const inputs: Readonly<Record<string, PointInfo>> = {
  oveAct_u: heatInput("Heater/Cooler thermal power"),
  oveAct_activate: activation("Heater/Cooler thermal power"),
};

export const measurements: Readonly<Record<string, PointInfo>> = {
  TRooAir_y: measurement("K", "Zone air temperature"),
  PHeaCoo_y: measurement("W", "Heater/Cooler power"),
  CO2RooAir_y: measurement("ppm", "Zone air CO2 concentration"),
};
