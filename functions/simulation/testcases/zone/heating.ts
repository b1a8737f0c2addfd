import { type DailyWave, nextTurn } from "./daily.ts";
import { SETPOINT_STEP_TIME } from "./parameters.ts";
import { constantHeat, controlledHeat, controllerSignal, type Regime, slope, solve, solveAlong } from "./regime.ts";

/** K: a regime still applies this far beyond its border. Above rounding errors (6e-14 K), below anything visible. */
const TOLERANCE = 1e-12;

/**
 * The zone's temperatures (K) with constant `heat` (W), if it was `temperature` at the first of `times` (s): at all others.
 * @param wave of the same times
 */
export function underConstantHeat(
  heat: number,
  temperature: number,
  times: Float64Array,
  wave: DailyWave,
): Float64Array {
  return solveAlong(constantHeat(heat), temperature, times, wave);
}

/** The zone with its built-in controller, whose set-point (K) steps once. */
export class OwnControl {
  private readonly before: { readonly setpoint: number; readonly regimes: readonly Regime[] };
  private readonly after: { readonly setpoint: number; readonly regimes: readonly Regime[] };

  constructor(setpoints: { readonly before: number; readonly after: number }) {
    this.before = { setpoint: setpoints.before, regimes: controlledHeat(setpoints.before) };
    this.after = { setpoint: setpoints.after, regimes: controlledHeat(setpoints.after) };
  }

  /** The zone's temperature (K) at `end` (s), if it was `temperature` at `start`. */
  temperature(start: number, temperature: number, end: number): number {
    if (start < SETPOINT_STEP_TIME && end > SETPOINT_STEP_TIME) {
      const atStep = follow(this.before.regimes, start, temperature, SETPOINT_STEP_TIME);
      return follow(this.after.regimes, SETPOINT_STEP_TIME, atStep, end);
    }
    return follow(this.inForce(start, end).regimes, start, temperature, end);
  }

  /** The heat (W) that the controller demands at the end of an interval, at `temperature` (K). */
  heat(start: number, end: number, temperature: number): number {
    return controllerSignal(this.inForce(start, end).setpoint, temperature);
  }

  /** An interval that ends exactly at the step has the old set-point; one that begins there has the new one. */
  private inForce(start: number, end: number) {
    return start >= SETPOINT_STEP_TIME || end > SETPOINT_STEP_TIME ? this.after : this.before;
  }
}

/**
 * Follows the solution from regime to regime. Returns the temperature at `end`.
 *
 * Between two turns of the outdoor temperature the slope T′ has at most one zero, because it obeys T″ = −rate · T′ +
 * FORCING · ω · cos ωt, so T′ · exp(rate · t) is monotone while cos ωt keeps its sign. Split at the turns and at that
 * zero, the solution is monotone on each part, and leaves its regime on a part exactly if the part's end lies outside
 * the regime. So no crossing is missed, even if the solution crosses twice between two samples.
 */
function follow(regimes: readonly Regime[], start: number, startTemperature: number, end: number): number {
  let index = regimes.findIndex(({ to }) => startTemperature < to);
  let time = start;
  let temperature = startTemperature;
  while (time < end) {
    const regime = regimes[index];
    if (regime === undefined) throw new Error(`no regime ${index} at ${temperature} K`);
    const part = monotonePart(regime, time, temperature, end);
    const towards = part.temperature < regime.from - TOLERANCE ? -1 : part.temperature > regime.to + TOLERANCE ? 1 : 0;
    if (towards === 0) {
      time = part.end;
      temperature = part.temperature;
      continue;
    }
    const [since, value] = [time, temperature];
    const at = (t: number): number => solve(regime, since, value, t);
    time = firstTime((t) => (towards < 0 ? at(t) < regime.from : at(t) > regime.to), since, part.end);
    temperature = at(time);
    index += towards;
  }
  return temperature;
}

/** The longest part from `since`, at most to `limit`, on which the regime's solution is certainly monotone. */
function monotonePart(regime: Regime, since: number, temperature: number, limit: number) {
  const until = Math.min(limit, nextTurn(since));
  const atEnd = solve(regime, since, temperature, until);
  const first = slope(regime, since, temperature);
  if (first * slope(regime, until, atEnd) >= 0) return { end: until, temperature: atEnd };
  const slopeAt = (t: number): number => slope(regime, t, solve(regime, since, temperature, t));
  const extremum = firstTime((t) => slopeAt(t) * first <= 0, since, until);
  return { end: extremum, temperature: solve(regime, since, temperature, extremum) };
}

/**
 * By bisection, the first double in `(low, high]` at which `condition` holds, if it is false at `low`, true at `high`,
 * and changes once in between. If rounding makes it change several times: one of the doubles at which it becomes true.
 */
function firstTime(condition: (time: number) => boolean, low: number, high: number): number {
  let before = low;
  let after = high;
  for (;;) {
    const middle = before + (after - before) / 2;
    if (middle <= before || middle >= after) return after;
    if (condition(middle)) after = middle;
    else before = middle;
  }
}
