import type { Emulator, Grid, InputValues, Simulated } from "../../emulator.ts";
import { gridTime } from "../../grid.ts";
import { co2Concentration, type DailyWave, dailyWave } from "./daily.ts";
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

/**
 * Measured: 1.1e-5 ms/s for one zone, 2.1e-5 for two under their own control, KPIs included, on a machine about twice as
 * fast as a small Lambda. A day's list of hours is short work by this, see `INLINE_MS`.
 */
const COST = 4e-5;

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
    const wave = dailyWave(times);
    const co2 = wave.sin.subarray(1).map(co2Concentration);
    const last = controlled.map(({ zone, own }, i) => {
      const isActivated = inputs[zone.activate] === 1;
      const before = temperatures[i] ?? Number.NaN;
      const { temperature, heat } = isActivated
        ? underGivenHeat(inputs[zone.heat] ?? 0, before, times, wave)
        : underOwnControl(own, before, times);
      inputColumns.push(heat, new Float64Array(rows).fill(isActivated ? 1 : 0));
      measurementColumns.push(temperature, heat.map(electricPower), co2);
      return temperature[rows - 1] ?? before;
    });
    return {
      state: encodeState(last),
      samples: { names, columns: [times.subarray(1), ...inputColumns, ...measurementColumns] },
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

/** Temperature (K) and heat (W) of a zone at all `times` but the first. */
interface Course {
  readonly temperature: Float64Array;
  readonly heat: Float64Array;
}

function underGivenHeat(given: number, before: number, times: Float64Array, wave: DailyWave): Course {
  return {
    temperature: underConstantHeat(given, before, times, wave),
    heat: new Float64Array(times.length - 1).fill(given),
  };
}

function underOwnControl(own: OwnControl, before: number, times: Float64Array): Course {
  const temperature = new Float64Array(times.length - 1);
  const heat = new Float64Array(times.length - 1);
  let current = before;
  for (let row = 0; row < heat.length; row++) {
    const start = times[row] as number;
    const end = times[row + 1] as number;
    current = own.temperature(start, current, end);
    temperature[row] = current;
    heat[row] = own.heat(start, end, current);
  }
  return { temperature, heat };
}

/** The heater's power (W) for the heat that it adds or removes. */
function electricPower(heat: number): number {
  return Math.abs(heat) / EFFICIENCY;
}

/** The times of grid points `from` to `to`, both included. */
function gridTimes(grid: Grid, from: number, to: number): Float64Array {
  const times = new Float64Array(to - from + 1);
  for (let i = 0; i < times.length; i++) times[i] = gridTime(grid, from + i);
  return times;
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
