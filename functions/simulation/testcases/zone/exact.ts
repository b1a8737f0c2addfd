import { dailyWave } from "./daily.ts";
import { OwnControl, underConstantHeat } from "./heating.ts";
import { START_TEMPERATURE } from "./parameters.ts";
import type { Course, ZoneSolver } from "./solver.ts";

/** By the closed form of the zones' equations: the state is their temperatures, all else follows from time and orders. */
export function exactSolver(setpoints: readonly { readonly before: number; readonly after: number }[]): ZoneSolver {
  const controls = setpoints.map((each) => new OwnControl(each));
  return {
    initialize(time) {
      // An interval of no length: the temperature stays, and a set-point step at exactly this time has taken effect.
      const state = controls.map(() => START_TEMPERATURE);
      const times = Float64Array.of(time, time);
      return { state, courses: controls.map((own) => underOwnControl(own, START_TEMPERATURE, times)) };
    },
    solve(state, orders, times) {
      const { length } = controls;
      if (state.length !== length) throw new Error(`a state of ${state.length} numbers is none of ${length} zones`);
      const wave = dailyWave(times);
      const courses = controls.map((own, i) => {
        const before = state[i] as number;
        const order = orders[i];
        if (order?.isActivated !== true) return underOwnControl(own, before, times);
        const temperature = underConstantHeat(order.heat, before, times, wave);
        return { temperature, heat: new Float64Array(temperature.length).fill(order.heat) };
      });
      return { courses, state: courses.map(({ temperature }, i) => temperature.at(-1) ?? (state[i] as number)) };
    },
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
