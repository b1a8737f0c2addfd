import type { PointInfo } from "../../testcase.ts";

/** The heater's inputs are clipped to this range (W). */
const HEAT_RANGE = { Minimum: -10_000, Maximum: 10_000 };

export function heatInput(description: string): PointInfo {
  return { Unit: "W", Description: description, ...HEAT_RANGE };
}

export function activation(description: string): PointInfo {
  return { Unit: null, Description: `Activation for ${description}`, Minimum: null, Maximum: null };
}

export function measurement(unit: string, description: string): PointInfo {
  return { Unit: unit, Description: description, Minimum: null, Maximum: null };
}
