import { Cvode, type StepEnd } from "../cvode/cvode.ts";
import { Integrand } from "../cvode/integrand.ts";
import type { Pointer } from "./c-library.ts";
import type { Instance } from "./instance.ts";
import type { Simulation } from "./simulation.ts";
import { ModelError } from "./status.ts";

/** Relative, if the model's default experiment names none. */
const DEFAULT_TOLERANCE = 1e-6;
/** Of the relative one, times the nominal value of each state. */
const ABSOLUTE_TOLERANCE = 0.01;
/** Rounds of one event, and events at one instant: more is a model that goes round in circles. */
const MOST_ROUNDS = 1000;
/** Where not even a step of this length can be taken, s, the model cannot be simulated on. */
const LEAST_STEP = 1e-6;
const [FALSE, NEVER] = [0, Number.POSITIVE_INFINITY];
/** Of a captured state: the next time event, before the model's own bytes. */
const HEAD_BYTES = 8;

/** A model without a solver: FMI 2.0, section 3.2, integrated by CVODE. */
export class ModelExchange implements Simulation {
  /** After a rest the integrator begins at low order and with a new Jacobian: not after every sample, then. */
  readonly intervalsBetweenRests = 60;
  readonly #instance: Instance;
  /** The integrator wants one state at least: a model without any gets one that never changes. */
  readonly #states: Float64Array;
  readonly #nominals: Float64Array;
  /** Made when the nominal values are known, and anew when they change. */
  #integrator: Cvode | undefined;
  #nextEvent = NEVER;
  #until = 0;
  /** Where the model stands, s. */
  #time = 0;
  /** A step that the integrator has taken from there, and that the model does not know of yet: samples may lie in it. */
  #ahead: { readonly time: number; readonly end: StepEnd } | undefined;
  #eventsAtOnce = 0;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#states = new Float64Array(Math.max(1, instance.model.states));
    this.#nominals = new Float64Array(this.#states.length).fill(1);
  }

  initialize(time: number): void {
    this.#instance.initialize(time);
    this.#time = time;
    // It is in event mode after its initialization.
    this.#settle();
    this.#readNominals();
    // Now, so that a system without the integrator is noticed before anybody waits for a step.
    this.#cvode();
  }

  change(time: number, set: () => void): void {
    this.#time = time;
    this.#instance.call("fmi2EnterEventMode");
    set();
    this.#settle();
  }

  rest(time: number): void {
    if (this.#ahead === undefined) return;
    const { time: reached, end } = this.#ahead;
    this.#ahead = undefined;
    this.#time = time;
    // The last sample was taken where the integrator's step ends, and an event there still has to happen; or within the step.
    this.#completed(reached === time ? end : "step");
  }

  resume(time: number, until: number): void {
    this.#time = time;
    this.#until = until;
    this.#begin();
  }

  advance(_from: number, to: number): void {
    for (;;) {
      if (this.#ahead === undefined) {
        if (this.#time >= to) return;
        this.#ahead = this.#step();
      }
      const { time, end } = this.#ahead;
      const integrator = this.#cvode();
      // A sample at the time of an event shows the values before it, as in BOPTEST: the event happens when the model goes on.
      if (time >= to) {
        if (time > to) integrator.interpolate(to);
        this.#place(to, time > to ? integrator.interpolated : integrator.states);
        return;
      }
      this.#place(time, integrator.states);
      this.#ahead = undefined;
      this.#eventsAtOnce = time > this.#time ? 0 : this.#eventsAtOnce + 1;
      if (this.#eventsAtOnce > MOST_ROUNDS) throw new ModelError(`there are events without end at ${time} s`);
      this.#time = time;
      if (this.#completed(end)) this.#begin();
    }
  }

  capture(): Uint8Array {
    const state = this.#instance.serialize();
    const bytes = new Uint8Array(HEAD_BYTES + state.length);
    new DataView(bytes.buffer).setFloat64(0, this.#nextEvent, true);
    bytes.set(state, HEAD_BYTES);
    return bytes;
  }

  restore(state: Uint8Array): void {
    this.#nextEvent = new DataView(state.buffer, state.byteOffset).getFloat64(0, true);
    this.#ahead = undefined;
    this.#instance.deserialize(state.slice(HEAD_BYTES));
    this.#readStates();
    this.#readNominals();
  }

  /** The model takes a step of the integrator as done; afterwards, and at an event, it may be another. */
  #completed(end: StepEnd): boolean {
    const [wantsEvent, ends] = [new Int32Array(1), new Int32Array(1)];
    this.#instance.call("fmi2CompletedIntegratorStep", FALSE, wantsEvent, ends);
    if (ends[0] !== FALSE) throw this.#ended();
    if (wantsEvent[0] === FALSE && end !== "root" && this.#time < this.#nextEvent) {
      this.#readStates();
      return false;
    }
    this.#instance.call("fmi2EnterEventMode");
    this.#settle();
    return true;
  }

  /** From event mode to continuous time mode: discrete states are iterated until they hold. */
  #settle(): void {
    const info = new DataView(new ArrayBuffer(32)); // fmi2EventInfo: five fmi2Boolean, then a fmi2Real at byte 24
    const flag = (index: number) => info.getInt32(4 * index, true) !== FALSE;
    let [haveNominalsChanged, rounds] = [false, 0];
    do {
      if (++rounds > MOST_ROUNDS) throw new ModelError(`an event at ${this.#time} s does not come to an end`);
      this.#instance.call("fmi2NewDiscreteStates", new Uint8Array(info.buffer));
      if (flag(1)) throw this.#ended();
      haveNominalsChanged ||= flag(2);
    } while (flag(0));
    this.#nextEvent = flag(4) ? info.getFloat64(24, true) : NEVER;
    this.#instance.call("fmi2EnterContinuousTimeMode");
    this.#readStates();
    if (haveNominalsChanged) this.#readNominals();
  }

  /** The integrator begins anew where the model stands. */
  #begin(): void {
    this.#ahead = undefined;
    this.#cvode().begin(this.#time, this.#states, this.#stop());
  }

  #stop(): number {
    return Math.max(this.#time, Math.min(this.#until, this.#nextEvent));
  }

  #step(): { time: number; end: StepEnd } {
    const stop = this.#stop();
    // Closer than an integrator can step: there already.
    if (stop - this.#time <= 8 * Number.EPSILON * Math.abs(stop)) return { time: stop, end: "stop" };
    const integrator = this.#cvode();
    for (;;) {
      const { time, end } = integrator.step(stop);
      if (end !== "refused") return { time, end };
      // The model discards its event indicators there. The standard recommends a smaller step, and CVODE has none to offer.
      const longest = (time - this.#time) / 2;
      if (!(longest > LEAST_STEP))
        throw new ModelError(`the event indicators are discarded right after ${this.#time} s`);
      integrator.begin(this.#time, this.#states, stop, longest);
    }
  }

  #place(time: number, states: Pointer): void {
    this.#instance.call("fmi2SetTime", time);
    if (this.#instance.model.states > 0) {
      this.#instance.call("fmi2SetContinuousStates", states, this.#instance.model.states);
    }
  }

  #readStates(): void {
    const { states } = this.#instance.model;
    if (states > 0) this.#instance.call("fmi2GetContinuousStates", this.#states, states);
  }

  /** New nominal values are other tolerances: another integrator. */
  #readNominals(): void {
    const { states } = this.#instance.model;
    if (states === 0) return;
    const nominals = new Float64Array(states);
    this.#instance.call("fmi2GetNominalsOfContinuousStates", nominals, states);
    if (this.#integrator !== undefined && nominals.every((value, i) => value === this.#nominals[i])) return;
    this.#nominals.set(nominals);
    this.#integrator?.close();
    this.#integrator = undefined;
  }

  #cvode(): Cvode {
    if (this.#integrator !== undefined) return this.#integrator;
    const { library, handle, model } = this.#instance;
    const tolerance = model.tolerance ?? DEFAULT_TOLERANCE;
    const integrand = new Integrand({
      instance: handle,
      functions: {
        fmi2SetTime: library.address("fmi2SetTime"),
        fmi2SetContinuousStates: library.address("fmi2SetContinuousStates"),
        fmi2GetDerivatives: library.address("fmi2GetDerivatives"),
        fmi2GetEventIndicators: library.address("fmi2GetEventIndicators"),
      },
      states: model.states,
      indicators: model.eventIndicators,
      dependencies: model.dependencies ?? null,
    });
    this.#integrator = new Cvode({
      integrand,
      tolerance,
      absoluteTolerances: this.#nominals.map((nominal) => ABSOLUTE_TOLERANCE * tolerance * Math.abs(nominal || 1)),
    });
    return this.#integrator;
  }

  #ended(): ModelError {
    return new ModelError(`the model ended the simulation at ${this.#time} s`);
  }
}
