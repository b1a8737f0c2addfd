import type { Model, ModelVariable } from "../packages/model.ts";
import type { Grid, InputValues } from "../simulation/emulator.ts";
import { gridTime } from "../simulation/grid.ts";
import type { Samples } from "../simulation/samples.ts";
import { type Course, isOn } from "./course.ts";
import { CoSimulation } from "./fmi/co-simulation.ts";
import { Instance, type ModelFiles, type Selection, select } from "./fmi/instance.ts";
import type { LogBudget } from "./fmi/log-budget.ts";
import { ModelExchange } from "./fmi/model-exchange.ts";
import type { Simulation } from "./fmi/simulation.ts";
import { History } from "./history.ts";
import { decodeState, encodeState, MAX_HISTORY, type State } from "./state.ts";

/** Size limit of a decompressed state, bytes. */
const LARGEST_STATE = 512 * 2 ** 20;

/** The result of initializing or advancing. */
export interface Advanced {
  readonly state: Uint8Array;
  readonly samples: Samples;
}

/**
 * A model that is alive in this process: initialized, restored, advanced. Throws every error of its instance, and must not be
 * used after an error.
 */
export class LiveModel {
  readonly #model: Model;
  readonly #instance: Instance;
  readonly #simulation: Simulation;
  readonly #inputs: Selection;
  readonly #sampled: Selection;
  readonly #row: Float64Array;
  readonly #names: readonly string[];
  /** The time at which it was initialized, s; null before. */
  #start: number | null = null;
  /** The course in progress, from the last resting point on. */
  #course: Course | null = null;
  /** How its state is kept. A test that was moved to replay stays with replay, whatever its model supports. */
  #keeps: State["kind"];
  /** If serialized: the bytes captured at the last resting point. */
  #captured: Uint8Array = new Uint8Array(0);
  /** Everything since the initialization, if it is known. */
  #history: History | null;
  /** The number of intervals since the initialization. */
  #done = 0;

  constructor(model: Model, files: ModelFiles, log: LogBudget) {
    this.#model = model;
    this.#history = new History(model.inputs.length);
    this.#keeps = model.keeps === "replayed" ? "replay" : "serialized";
    this.#instance = new Instance(model, files, log);
    const kinds = { CoSimulation, ModelExchange };
    this.#simulation = new kinds[model.kind](this.#instance);
    const sampled: ModelVariable[] = [...model.inputs.map((input) => input.inForce ?? input), ...model.outputs];
    this.#inputs = select(model.inputs);
    this.#sampled = select(sampled);
    this.#row = new Float64Array(sampled.length);
    this.#names = ["time", ...model.inputs.map(({ name }) => name), ...model.outputs.map(({ name }) => name)];
  }

  /** The initial condition at `time` (s), with one sample. Once only. */
  initialize(time: number): Advanced {
    this.#begin(time);
    return { state: this.#state(), samples: this.#sampleAll([time], () => undefined) };
  }

  /**
   * Repeats a history from the model's position: not initialized yet, or after a part of the same history. Stops after an interval
   * when `isTimeUp`.
   *
   * @returns how many intervals of the history are done in total
   */
  replay(bytes: Uint8Array, isTimeUp: () => boolean): number {
    const state = decodeState(bytes, LARGEST_STATE);
    if (state.kind !== "replay") throw new Error("this state is no history");
    this.#keeps = state.kind;
    if (this.#start === null) this.#begin(state.start);
    let before = 0;
    for (const { grid, inputs, from, to } of state.history) {
      for (let index = from + Math.max(0, this.#done - before); index < to; index++) {
        if (isTimeUp()) return this.#done;
        this.#simulate(grid, inputs, index, index + 1, () => undefined);
        this.#done++;
      }
      before += to - from;
    }
    this.#history = state.history;
    return this.#done;
  }

  /** Restores a state, from any position; a replay only before the initialization. */
  restore(bytes: Uint8Array): void {
    const state = decodeState(bytes, LARGEST_STATE);
    this.#keeps = state.kind;
    if (state.kind === "replay") {
      this.replay(bytes, () => false);
      return;
    }
    const { course, start } = state;
    // At the state's own time, not at the test's start: data that the model keeps beside its state (the last row read of a table, its
    // next event) are then more likely to be right.
    if (this.#start === null) this.#begin(course === null ? start : gridTime(course.grid, course.from));
    this.#start = start;
    this.#simulation.restore(state.bytes);
    this.#captured = state.bytes;
    this.#history = state.history;
    this.#course = null;
    if (course === null) return;
    const { grid, inputs, from, to } = course;
    this.#course = { grid, inputs, from, to: from };
    if (to > from) this.#simulate(grid, inputs, from, to, () => undefined);
  }

  /** Simulates intervals `from` to `to` of a grid, see `Emulator.advance`. */
  advance(inputs: InputValues, grid: Grid, from: number, to: number): Advanced {
    const values = this.#model.inputs.map(({ name, start }) => inputs[name] ?? start ?? 0);
    const times = Array.from({ length: to - from }, (_, i) => gridTime(grid, from + 1 + i));
    const samples = this.#sampleAll(times, (sample) => this.#simulate(grid, values, from, to, sample));
    this.#history?.add({ grid, inputs: values, from, to });
    this.#done += to - from;
    return { state: this.#state(), samples };
  }

  #begin(time: number): void {
    if (this.#start !== null) throw new Error("the model is initialized already");
    this.#start = time;
    this.#simulation.initialize(time);
    if (this.#isSerializable) this.#captured = this.#simulation.capture();
  }

  get #isSerializable(): boolean {
    return this.#keeps === "serialized";
  }

  #state(): Uint8Array {
    const start = this.#start ?? Number.NaN;
    // The history only grows. Once it is too long, it is dropped.
    if (this.#isSerializable && (this.#history?.encode().length ?? 0) > MAX_HISTORY) this.#history = null;
    const history = this.#history;
    let state: State;
    if (this.#isSerializable) {
      state = { kind: "serialized", start, course: this.#course, bytes: this.#captured, history };
    } else if (history !== null) state = { kind: "replay", start, history };
    else throw new Error("it is not known what was done with the model");
    return encodeState(state, this.#model.inputs.length);
  }

  /** Simulates intervals `from` to `to`, and calls `sample` at the end of each. The division into calls changes nothing. */
  #simulate(grid: Grid, inputs: readonly number[], from: number, to: number, sample: () => void): void {
    const simulation = this.#simulation;
    const every = simulation.intervalsBetweenRests;
    const nextRest = (index: number) => Math.min(grid.intervals, every * (Math.floor(index / every) + 1));
    const lastRest = to === grid.intervals ? to : every * Math.floor(to / every);
    let restedAt = this.#continues(grid, inputs, from);
    if (restedAt === null) {
      const time = gridTime(grid, from);
      const captures = this.#isSerializable && lastRest <= from;
      simulation.rest(time);
      // A process restored to a grid's beginning sets the inputs again, exactly once, as the live process did.
      if (captures && from === 0) this.#captured = simulation.capture();
      simulation.change(time, () => this.#instance.set(this.#inputs, inputs));
      if (captures && from > 0) this.#captured = simulation.capture();
      restedAt = from;
    }
    if (restedAt === from) simulation.resume(gridTime(grid, from), gridTime(grid, nextRest(from)));
    for (let index = from; index < to; index++) {
      const time = gridTime(grid, index + 1);
      simulation.advance(gridTime(grid, index), time);
      sample();
      if (index + 1 !== nextRest(index)) continue;
      simulation.rest(time);
      restedAt = index + 1;
      if (this.#isSerializable && restedAt === lastRest) this.#captured = simulation.capture();
      if (restedAt < to) simulation.resume(time, gridTime(grid, nextRest(restedAt)));
    }
    this.#course = { grid, inputs, from: restedAt, to };
  }

  /** The last resting interval, if intervals from `from` on continue the model's position; else null. */
  #continues(grid: Grid, inputs: readonly number[], from: number): number | null {
    const course = this.#course;
    return course !== null && isOn(course, grid, inputs) && course.to === from && from < grid.intervals && from > 0
      ? course.from
      : null;
  }

  #sampleAll(times: readonly number[], simulate: (sample: () => void) => void): Samples {
    const columns = this.#names.map(() => new Float64Array(times.length));
    columns[0]?.set(times);
    let row = 0;
    const sample = () => {
      this.#instance.get(this.#sampled, this.#row);
      for (let i = 0; i < this.#row.length; i++) (columns[i + 1] ?? this.#row)[row] = this.#row[i] ?? Number.NaN;
      row++;
    };
    simulate(sample);
    if (row === 0 && times.length > 0) sample();
    return { names: this.#names, columns };
  }
}
