import type { PointInfo } from "../../testcase.ts";
import { activation, heatInput, measurement } from "../zone/points.ts";

export const inputs: Readonly<Record<string, PointInfo>> = {
  oveActSou_u: heatInput("Heater thermal power of south zone"),
  oveActSou_activate: activation("Heater thermal power of south zone"),
  oveActNor_u: heatInput("Heater thermal power of north zone"),
  oveActNor_activate: activation("Heater thermal power of north zone"),
};

export const measurements: Readonly<Record<string, PointInfo>> = {
  TRooAirSou_y: measurement("K", "Operative zone temperature of south zone"),
  PHeaCooSou_y: measurement("W", "Heater / Cooler power of south zone"),
  CO2RooAirSou_y: measurement("ppm", "Zone air CO2 concentration of south zone"),
  TRooAirNor_y: measurement("K", "Zone air temperature of north zone"),
  PHeaCooNor_y: measurement("W", "Heater / Cooler power of north zone"),
  CO2RooAirNor_y: measurement("ppm", "Zone air CO2 concentration of north zone"),
};
