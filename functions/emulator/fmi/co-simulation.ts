import type { Instance } from "./instance.ts";
import type { Simulation } from "./simulation.ts";
import { check, ModelError, statusOf } from "./status.ts";

/** fmi2StatusKind. */
const [DO_STEP_STATUS, LAST_SUCCESSFUL_TIME, TERMINATED] = [0, 2, 3];
const [LONGEST_PAUSE_MS, FALSE, TRUE] = [50, 0, 1];

/** A model that brings its solver: FMI 2.0, section 4.2. */
export class CoSimulation implements Simulation {
  /** Nothing is outside of the model: it can be captured everywhere. */
  readonly intervalsBetweenRests = 1;
  readonly #instance: Instance;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  initialize(time: number): void {
    this.#instance.initialize(time);
  }

  change(_time: number, set: () => void): void {
    set();
  }

  rest(): void {}

  resume(): void {}

  advance(from: number, to: number): void {
    if (to <= from) return;
    const { library, handle } = this.#instance;
    let code = library.call("fmi2DoStep", handle, from, to - from, FALSE);
    if (statusOf(code) === "fmi2Pending") code = this.#wait();
    if (statusOf(code) === "fmi2Discard") throw this.#discarded(from, to);
    check(code, "fmi2DoStep");
  }

  capture(): Uint8Array {
    return this.#instance.serialize();
  }

  restore(state: Uint8Array): void {
    this.#instance.deserialize(state);
  }

  /** The model computes on its own: it is asked until it is done, ever less often. Its time limit is its process's. */
  #wait(): number {
    const { library, handle } = this.#instance;
    const status = new Int32Array(1);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      check(library.call("fmi2GetStatus", handle, DO_STEP_STATUS, status), "fmi2GetStatus");
      const code = status[0] ?? 4;
      if (statusOf(code) !== "fmi2Pending") return code;
      Atomics.wait(pause, 0, 0, pauseMs);
    }
  }

  /** The step was computed in part or not at all. There is no way around: a shorter one ends at the same place. */
  #discarded(from: number, to: number): ModelError {
    const { library, handle } = this.#instance;
    const [reached, hasEnded] = [new Float64Array(1), new Int32Array(1)];
    const knowsTime = statusOf(library.call("fmi2GetRealStatus", handle, LAST_SUCCESSFUL_TIME, reached)) === "fmi2OK";
    const knowsEnd = statusOf(library.call("fmi2GetBooleanStatus", handle, TERMINATED, hasEnded)) === "fmi2OK";
    const why = knowsEnd && hasEnded[0] === TRUE ? "; the model wants to end the simulation" : "";
    const where = knowsTime ? `; it came to ${reached[0]} s` : "";
    return new ModelError(`fmi2DoStep from ${from} s to ${to} s returned fmi2Discard${where}${why}`, "fmi2Discard");
  }
}
