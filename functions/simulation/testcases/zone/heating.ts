import { firstTime } from "./bisection.ts";
import { nextTurn } from "./daily.ts";
import { SETPOINT_STEP_TIME } from "./parameters.ts";
import { constantHeat, controlledHeat, controllerSignal, type Regime, slope, solve } from "./regime.ts";

/** K: how far beyond its border a regime is still taken to hold. Above rounding (6e-14 K), below anything visible. */
const TOLERANCE = 1e-12;

/** The zone's temperature (K) at `end` (s) under `heat` (W), having been `temperature` at `start`. */
export function underConstantHeat(heat: number, start: number, temperature: number, end: number): number {
  return solve(constantHeat(heat), start, temperature, end);
}

/** The zone under its own control: the built-in controller with its set-point (K) before and from the step on. */
export class OwnControl {
  private readonly before: { readonly setpoint: number; readonly regimes: readonly Regime[] };
  private readonly after: { readonly setpoint: number; readonly regimes: readonly Regime[] };

  constructor(setpoints: { readonly before: number; readonly after: number }) {
    this.before = { setpoint: setpoints.before, regimes: controlledHeat(setpoints.before) };
    this.after = { setpoint: setpoints.after, regimes: controlledHeat(setpoints.after) };
  }

  /** The zone's temperature (K) at `end` (s), having been `temperature` at `start`. */
  temperature(start: number, temperature: number, end: number): number {
    if (start < SETPOINT_STEP_TIME && end > SETPOINT_STEP_TIME) {
      const atStep = follow(this.before.regimes, start, temperature, SETPOINT_STEP_TIME);
      return follow(this.after.regimes, SETPOINT_STEP_TIME, atStep, end);
    }
    return follow(this.inForce(start, end).regimes, start, temperature, end);
  }

  /** The heat (W) that the controller asks for at the end of an interval, at `temperature` (K). */
  heat(start: number, end: number, temperature: number): number {
    return controllerSignal(this.inForce(start, end).setpoint, temperature);
  }

  /** An interval that ends exactly at the step ends before it; one that begins there begins after it. */
  private inForce(start: number, end: number) {
    return start >= SETPOINT_STEP_TIME || end > SETPOINT_STEP_TIME ? this.after : this.before;
  }
}

/**
 * Follows the solution from regime to regime, and gives the temperature at `end`.
 *
 * Between two turns of the outdoor temperature the slope T′ has one zero at most: it obeys
 * T″ = −rate · T′ + FORCING · ω · cos ωt, so T′ · exp(rate · t) is monotone while cos ωt keeps its sign.
 * Cut at the turns and at that zero, the solution is monotone on each part, and leaves its regime on a part
 * exactly if the part's end lies outside. So no crossing is missed, not even one that comes and goes between two samples.
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

/** The longest part from `since`, to `limit` at most, over which the regime's solution surely rises or falls all the way. */
function monotonePart(regime: Regime, since: number, temperature: number, limit: number) {
  const until = Math.min(limit, nextTurn(since));
  const atEnd = solve(regime, since, temperature, until);
  const first = slope(regime, since, temperature);
  if (first * slope(regime, until, atEnd) >= 0) return { end: until, temperature: atEnd };
  const slopeAt = (t: number): number => slope(regime, t, solve(regime, since, temperature, t));
  const extremum = firstTime((t) => slopeAt(t) * first <= 0, since, until);
  return { end: extremum, temperature: solve(regime, since, temperature, extremum) };
}
