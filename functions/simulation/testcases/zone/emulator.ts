import type { Emulator, Grid, InputValues, Simulated } from "../../emulator.ts";
import { gridTime } from "../../grid.ts";
import { co2Concentration } from "./daily.ts";
import { OwnControl, underConstantHeat } from "./heating.ts";
import { EFFICIENCY, START_TEMPERATURE } from "./parameters.ts";

/** One zone of a building: the names of its points, and the set-points (K) of its controller. */
export interface Zone {
  readonly setpoints: { readonly before: number; readonly after: number };
  /** Input: heat in W, used while `activate` is 1. */
  readonly heat: string;
  readonly activate: string;
  /** Measurements: K, W, ppm. */
  readonly temperature: string;
  readonly power: string;
  readonly co2: string;
}

/** Measured: 1.3e-5 ms/s for one zone, 2.8e-5 for two including KPIs, on a machine about twice as fast as a small Lambda. */
const COST = 5e-5;

/**
 * A building of uncoupled zones. Its state is their temperatures, as little-endian doubles in the order of the zones;
 * all else follows from time and inputs.
 */
export function zoneEmulator(zones: readonly Zone[]): Emulator {
  const controlled = zones.map((zone) => ({ zone, own: new OwnControl(zone.setpoints) }));
  const names = [
    "time",
    ...zones.flatMap(({ heat, activate }) => [heat, activate]),
    ...zones.flatMap(({ temperature, power, co2 }) => [temperature, power, co2]),
  ];

  function simulate(temperatures: readonly number[], inputs: InputValues, times: Float64Array): Simulated {
    const rows = times.length - 1;
    const inputColumns: Float64Array[] = [];
    const measurementColumns: Float64Array[] = [];
    const co2 = times.subarray(1).map(co2Concentration);
    const last = controlled.map(({ zone, own }, i) => {
      const isActivated = inputs[zone.activate] === 1;
      const given = inputs[zone.heat] ?? 0;
      const heat = new Float64Array(rows);
      const temperature = new Float64Array(rows);
      let current = temperatures[i] ?? Number.NaN;
      for (let row = 0; row < rows; row++) {
        const start = times[row] ?? Number.NaN;
        const end = times[row + 1] ?? Number.NaN;
        current = isActivated ? underConstantHeat(given, start, current, end) : own.temperature(start, current, end);
        temperature[row] = current;
        heat[row] = isActivated ? given : own.heat(start, end, current);
      }
      inputColumns.push(heat, new Float64Array(rows).fill(isActivated ? 1 : 0));
      measurementColumns.push(temperature, heat.map(electricPower), co2);
      return current;
    });
    return {
      state: encodeState(last),
      samples: { names, columns: [times.slice(1), ...inputColumns, ...measurementColumns] },
    };
  }

  return {
    cost: COST,

    async initialize(time) {
      // An interval of no length: the temperature stays, and a set-point step at exactly this time has taken effect.
      return simulate(
        zones.map(() => START_TEMPERATURE),
        {},
        Float64Array.of(time, time),
      );
    },
    async advance(state, inputs, grid, from, to) {
      return simulate(decodeState(state, zones.length), inputs, gridTimes(grid, from, to));
    },
  };
}

/** The heater's power (W) for the heat that it adds or removes. */
function electricPower(heat: number): number {
  return Math.abs(heat) / EFFICIENCY;
}

/** The times of grid points `from` to `to`, both included. */
function gridTimes(grid: Grid, from: number, to: number): Float64Array {
  return Float64Array.from({ length: to - from + 1 }, (_, i) => gridTime(grid, from + i));
}

function encodeState(temperatures: readonly number[]): Uint8Array {
  const state = new DataView(new ArrayBuffer(8 * temperatures.length));
  temperatures.forEach((temperature, i) => {
    state.setFloat64(8 * i, temperature, true);
  });
  return new Uint8Array(state.buffer);
}

function decodeState(bytes: Uint8Array, zones: number): number[] {
  if (bytes.length !== 8 * zones) throw new Error(`a state of ${8 * zones} bytes expected, not of ${bytes.length}`);
  const state = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: zones }, (_, i) => state.getFloat64(8 * i, true));
}
