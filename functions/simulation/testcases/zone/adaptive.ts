import { Integrator } from "../../bdf/integrator.ts";
import { Memory } from "../../bdf/memory.ts";
import { at, type Problem } from "../../bdf/problem.ts";
import { outdoorTemperature } from "./daily.ts";
import {
  CONTROLLER_GAIN,
  HEAT_CAPACITY,
  MAX_HEAT,
  SETPOINT_STEP_TIME,
  START_TEMPERATURE,
  THERMAL_RESISTANCE,
} from "./parameters.ts";
import type { Course, Order, Solution, ZoneSolver } from "./solver.ts";

/** Of a local error, as in BOPTEST's FMUs: relative, and absolute for a temperature's nominal value of 300 K. */
const RELATIVE_TOLERANCE = 1e-6;
const ABSOLUTE_TOLERANCE = 0.01 * RELATIVE_TOLERANCE * 300;
/** W: a limit of the controller counts as passed this far beyond it. */
const HYSTERESIS = 1e-8;
/** Of the time: closer is there. */
const INSTANT = 100 * Number.EPSILON;
/** Numbers of a written state: of all zones together, and of each. */
const COMMON = 4;
const EACH = 5;

/** One zone's heater: what its own controller wants at which set-points (K), and what was ordered from outside (W). */
interface Heater {
  readonly setpoints: { readonly before: number; readonly after: number };
  /** The controller is beyond a limit: its signal is that limit, until an event. */
  isAtMost: boolean;
  isAtLeast: boolean;
  isActivated: boolean;
  given: number;
}

/** With the steps, and the errors, of a solver like that of BOPTEST's models. */
export function adaptiveSolver(setpoints: readonly Heater["setpoints"][]): ZoneSolver {
  // One for all calls, because of its many arrays: each call begins with a state that it reads, or with the initial one.
  const zones = new AdaptiveZones(setpoints);
  const all = setpoints.map((_, i) => i);

  function follow(times: Float64Array): Solution {
    const courses = all.map(() => ({
      temperature: new Float64Array(times.length),
      heat: new Float64Array(times.length),
    }));
    for (let row = 0; row < times.length; row++) {
      zones.advance(times[row] as number);
      for (let i = 0; i < courses.length; i++) {
        const { temperature, heat } = courses[i] as Course;
        temperature[row] = at(zones.temperatures, i);
        heat[row] = zones.heat(i);
      }
    }
    return { courses, state: zones.write() };
  }

  return {
    initialize(time) {
      zones.initialize(time);
      const courses = all.map((i) => ({
        temperature: zones.temperatures.slice(i, i + 1),
        heat: Float64Array.of(zones.heat(i)),
      }));
      return { courses, state: zones.write() };
    },
    solve(state, orders, times) {
      zones.read(state, times[0] as number);
      for (const [i, order] of orders.entries()) zones.put(i, order);
      return follow(times.subarray(1));
    },
  };
}

/**
 * The zones as a model with a solver of its own, as in BOPTEST's FMUs for Co-Simulation: BDF, whose steps end at each sample, and
 * which begins anew when an input changes and at events. Its error, some 1e-5 K, is part of what BOPTEST's references hold.
 *
 * Between two events the controllers stay in their regimes; one that passes a limit is an event, found as a root, and so is the
 * step of the set-points. What happens at the time of a sample happens after it.
 */
export class AdaptiveZones implements Problem {
  readonly size: number;
  readonly indicators: number;
  readonly relativeTolerance = RELATIVE_TOLERANCE;
  readonly absoluteTolerance = ABSOLUTE_TOLERANCE;
  /** K, of all zones. */
  readonly temperatures: Float64Array;
  private readonly heaters: readonly Heater[];
  private readonly integrator: Integrator;
  private time = 0;
  private haveSetpointsStepped = false;
  /** Before the next interval: the integrator begins anew; events take effect. */
  private mustBegin = true;
  private hasEvent = true;
  /** The outdoor temperature, K, and its time: a step asks for it several times at its end. */
  private outdoor = Number.NaN;
  private outdoorTime = Number.NaN;

  constructor(setpoints: readonly Heater["setpoints"][]) {
    this.size = setpoints.length;
    this.indicators = 2 * this.size;
    this.temperatures = new Float64Array(this.size);
    this.heaters = setpoints.map((each) => ({
      setpoints: each,
      isAtMost: false,
      isAtLeast: false,
      isActivated: false,
      given: 0,
    }));
    this.integrator = new Integrator(this);
  }

  /** The initial condition at `time` (s). */
  initialize(time: number): void {
    this.time = time;
    this.haveSetpointsStepped = time >= SETPOINT_STEP_TIME;
    this.mustBegin = true;
    this.hasEvent = true;
    this.temperatures.fill(START_TEMPERATURE);
    for (const [i, heater] of this.heaters.entries()) {
      const demand = this.demand(heater, at(this.temperatures, i));
      heater.isAtMost = demand > MAX_HEAT;
      heater.isAtLeast = demand < 0;
      heater.isActivated = false;
      heater.given = 0;
    }
  }

  /** What a zone's heater gets from outside. Where that differs, the integrator begins anew. */
  put(zone: number, { isActivated, heat: given }: Order): void {
    const heater = this.heaters[zone] as Heater;
    if (heater.given !== given || heater.isActivated !== isActivated) this.mustBegin = true;
    if (heater.isActivated !== isActivated) this.hasEvent = true;
    heater.isActivated = isActivated;
    heater.given = given;
  }

  /** W: what a zone's heater adds or removes. */
  heat(zone: number): number {
    return this.heatOf(this.heaters[zone] as Heater, at(this.temperatures, zone));
  }

  /** From where it stands to `end` (s). */
  advance(end: number): void {
    if (this.hasEvent) this.settle();
    while (this.time + INSTANT * end < end) {
      const stop = !this.haveSetpointsStepped && SETPOINT_STEP_TIME < end ? SETPOINT_STEP_TIME : end;
      if (this.mustBegin) this.integrator.begin(this.time, this.temperatures);
      this.mustBegin = false;
      let isRoot = false;
      do {
        isRoot = this.integrator.step(stop, this.temperatures);
        this.time = this.integrator.time;
      } while (!isRoot && this.time < stop);
      if (isRoot || stop !== end) {
        this.settle();
        this.mustBegin = true;
      }
    }
    this.time = end;
    if (!this.haveSetpointsStepped && end === SETPOINT_STEP_TIME) {
      this.mustBegin = true;
      this.hasEvent = true;
    }
  }

  /** An event: set-points and regimes become those of this time. */
  private settle(): void {
    this.hasEvent = false;
    if (this.time >= SETPOINT_STEP_TIME) this.haveSetpointsStepped = true;
    for (const [i, heater] of this.heaters.entries()) {
      const demand = this.demand(heater, at(this.temperatures, i));
      heater.isAtMost = heater.isAtMost ? demand > MAX_HEAT : demand >= MAX_HEAT + HYSTERESIS;
      heater.isAtLeast = heater.isAtLeast ? demand < 0 : demand <= -HYSTERESIS;
    }
  }

  private demand({ setpoints }: Heater, temperature: number): number {
    return CONTROLLER_GAIN * ((this.haveSetpointsStepped ? setpoints.after : setpoints.before) - temperature);
  }

  private heatOf(heater: Heater, temperature: number): number {
    if (heater.isActivated) return heater.given;
    if (heater.isAtMost) return MAX_HEAT;
    return heater.isAtLeast ? 0 : this.demand(heater, temperature);
  }

  derive(time: number, y: Float64Array, slope: Float64Array): void {
    if (time !== this.outdoorTime) {
      this.outdoor = outdoorTemperature(time);
      this.outdoorTime = time;
    }
    const { outdoor } = this;
    for (let i = 0; i < this.size; i++) {
      const temperature = at(y, i);
      const heat = this.heatOf(this.heaters[i] as Heater, temperature);
      slope[i] = ((outdoor - temperature) / THERMAL_RESISTANCE + heat) / HEAT_CAPACITY;
    }
  }

  indicate(_time: number, y: Float64Array, values: Float64Array): void {
    for (let i = 0; i < this.size; i++) {
      const heater = this.heaters[i] as Heater;
      const demand = this.demand(heater, at(y, i));
      values[2 * i] = demand - MAX_HEAT - (heater.isAtMost ? 0 : HYSTERESIS);
      values[2 * i + 1] = demand + (heater.isAtLeast ? 0 : HYSTERESIS);
    }
  }

  /** All of it, as numbers. The integrator's memory is part of it, unless it begins anew anyway. */
  write(): number[] {
    const zones = this.heaters.flatMap((heater, i) => [
      at(this.temperatures, i),
      ...[heater.isAtMost, heater.isAtLeast, heater.isActivated].map(Number),
      heater.given,
    ]);
    const common = [this.time, ...[this.haveSetpointsStepped, this.mustBegin, this.hasEvent].map(Number)];
    return [...common, ...zones, ...(this.mustBegin ? [] : this.integrator.memory.write())];
  }

  /** Becomes what `write` gave, at `time` (s). Temperatures alone are the state of a test from before version 2 of the test cases. */
  read(numbers: readonly number[], time: number): void {
    if (numbers.length === this.size) {
      this.initialize(time);
      this.temperatures.set(numbers);
      return;
    }
    const least = COMMON + EACH * this.size;
    if (numbers.length !== least && numbers.length !== least + Memory.numbers(this.size)) {
      throw new Error(`a state of ${numbers.length} numbers is none of ${this.size} zones`);
    }
    let next = 0;
    const take = (): number => numbers[next++] as number;
    this.time = take();
    this.haveSetpointsStepped = take() === 1;
    this.mustBegin = take() === 1;
    this.hasEvent = take() === 1;
    for (const [i, heater] of this.heaters.entries()) {
      this.temperatures[i] = take();
      heater.isAtMost = take() === 1;
      heater.isAtLeast = take() === 1;
      heater.isActivated = take() === 1;
      heater.given = take();
    }
    if (!this.mustBegin) this.integrator.resume(numbers.slice(least));
  }
}
