import type { Emulator, Grid, InputValues, Simulated } from "../../emulator.ts";
import { gridTime } from "../../grid.ts";
import { adaptiveSolver } from "./adaptive.ts";
import { co2Concentrations } from "./daily.ts";
import { exactSolver } from "./exact.ts";
import { EFFICIENCY } from "./parameters.ts";
import type { Solution } from "./solver.ts";

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
 * How the zones' equations are solved: "exact", by their closed form; "cvode", with the steps and the errors of BOPTEST's own
 * models.
 */
export type SolverName = "exact" | "cvode";

/**
 * ms/s. Measured under own control, KPIs included, on a machine about twice as fast as a small Lambda: 1.1e-5 for one zone and 2.1e-5 for
 * two in closed form, 2.3e-5 and 2.7e-5 with the other solver. A day's list of hours is short work by this, see `INLINE_MS`.
 */
const COST = { exact: 4e-5, cvode: 4.5e-5 };

/** A building of uncoupled zones. Its state is the solver's, as little-endian doubles. */
export function zoneEmulator(zones: readonly Zone[], solver: SolverName): Emulator {
  const setpoints = zones.map((zone) => zone.setpoints);
  const equations = solver === "cvode" ? adaptiveSolver(setpoints) : exactSolver(setpoints);
  const names = [
    "time",
    ...zones.flatMap(({ heat, activate }) => [heat, activate]),
    ...zones.flatMap(({ temperature, power, co2 }) => [temperature, power, co2]),
  ];

  function sampled(times: Float64Array, inputs: InputValues, { courses, state }: Solution): Simulated {
    const co2 = co2Concentrations(times);
    const activations = zones.map(({ activate }) =>
      new Float64Array(times.length).fill(inputs[activate] === 1 ? 1 : 0),
    );
    return {
      state: encodeState(state),
      samples: {
        names,
        columns: [
          times,
          ...courses.flatMap(({ heat }, i) => [heat, activations[i] as Float64Array]),
          ...courses.flatMap(({ temperature, heat }) => [temperature, electricPowers(heat), co2]),
        ],
      },
    };
  }

  return {
    cost: COST[solver],

    async initialize(time) {
      return sampled(Float64Array.of(time), {}, equations.initialize(time));
    },
    async advance(state, inputs, grid, from, to) {
      const times = gridTimes(grid, from, to);
      const orders = zones.map(({ heat, activate }) => ({
        isActivated: inputs[activate] === 1,
        heat: inputs[heat] ?? 0,
      }));
      return sampled(times.subarray(1), inputs, equations.solve(decodeState(state), orders, times));
    },
  };
}

/** The heater's power (W) for the heat that it adds or removes. */
function electricPowers(heat: Float64Array): Float64Array {
  const powers = new Float64Array(heat.length);
  for (let i = 0; i < heat.length; i++) powers[i] = Math.abs(heat[i] as number) / EFFICIENCY;
  return powers;
}

/** The times of grid points `from` to `to`, both included. */
function gridTimes(grid: Grid, from: number, to: number): Float64Array {
  const times = new Float64Array(to - from + 1);
  for (let i = 0; i < times.length; i++) times[i] = gridTime(grid, from + i);
  return times;
}

function encodeState(numbers: readonly number[]): Uint8Array {
  const state = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((number, i) => {
    state.setFloat64(8 * i, number, true);
  });
  return new Uint8Array(state.buffer);
}

function decodeState(bytes: Uint8Array): number[] {
  if (bytes.length % 8 !== 0) throw new Error(`a state of ${bytes.length} bytes is cut off`);
  const state = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers: number[] = [];
  for (let offset = 0; offset < bytes.length; offset += 8) numbers.push(state.getFloat64(offset, true));
  return numbers;
}
