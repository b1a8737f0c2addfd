/** A model in time, whatever integrates it. Every method may throw `ModelError` or `LoadError`; then it is at its end. */
export interface Simulation {
  /** Intervals of a grid after which the model is brought to rest. */
  readonly intervalsBetweenRests: number;

  /** The initial condition at `time` (s). Once, before everything else. */
  initialize(time: number): void;

  /** Puts new inputs into force where the model stands, at `time` (s): an event. `set` writes them. */
  change(time: number, set: () => void): void;

  /** Makes what is at `time` (s), where the last sample was taken, all there is: it can be captured then. */
  rest(time: number): void;

  /** After a `change`, `rest` or `restore` at `time` (s): from here on, at most to `until` (s), where it rests again. */
  resume(time: number, until: number): void;

  /** From `from` to `to` (s), `from` being where it stands. Afterwards its variables can be read. */
  advance(from: number, to: number): void;

  /** All of its state. Only of models that can, and only where it rests. */
  capture(): Uint8Array;
  restore(state: Uint8Array): void;
}
