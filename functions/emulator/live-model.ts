import type { Model } from "../packages/model.ts";
import type { Grid, InputValues, PlannedStep } from "../simulation/emulator.ts";
import { gridTime } from "../simulation/grid.ts";
import type { Samples } from "../simulation/samples.ts";
import { inColumns } from "./columns.ts";
import { type Course, isOn } from "./course.ts";
import { EmulatorError, unasked } from "./failure.ts";
import type { Frame } from "./frames.ts";
import { History } from "./history.ts";
import { encodeInitialize, encodeRestore, encodeSimulate, type Stretch, sampledOf, type Wanted } from "./orders.ts";
import { encodeState, isTooLong, type State } from "./state.ts";

const [BYTES, FOREVER] = [8, Number.POSITIVE_INFINITY];
const NOTHING: Wanted = { samples: false, capture: null };
const SAMPLES_ALONE: Wanted = { samples: true, capture: null };
/** A larger image, compressed, is not kept: a reply must hold it (bytes). */
const LARGEST_IMAGE = 3 * 2 ** 20;

/** The result of initializing or advancing. */
export interface Advanced {
  readonly state: Uint8Array;
  readonly samples: Samples;
}

/** Has the model's process carry out an order, and hears its answer. Rejects with an `EmulatorError`; it is of no use any more then. */
export type Ask = (order: Buffer) => Promise<Frame>;

/** What a process did, as it says. */
interface Done {
  readonly reached: number;
  readonly restedAt: number;
  /** Row by row. */
  readonly rows: Float64Array;
}

/**
 * A model that is alive in a process, on the way through its test: initialized, put to a state, advanced. What is said of a model's
 * state is said here, outside of its process; all that comes from there are samples and the bytes that the model serializes. Rejects
 * with whatever its process fails with; it is of no use any more then.
 */
export class LiveModel {
  readonly #model: Model;
  readonly #ask: Ask;
  readonly #width: number;
  readonly #names: readonly string[];
  /** The time at which it was initialized, s; null before. */
  #start: number | null = null;
  /** The course in progress, from the last resting point on. */
  #course: Course | null = null;
  /** How its state is kept. A test that was moved to replay stays with replay, whatever its model supports. */
  #keeps: State["kind"];
  /** Unless it is replayed: the bytes captured at the last resting point. */
  #captured: Uint8Array = new Uint8Array(0);
  /** Everything since the initialization, if it is known. */
  #history: History | null;
  /** The number of intervals since the initialization. */
  #done = 0;
  /** What it runs in, as its process said: see `State`. */
  layout = "";
  /** Whether its process knows the base of its images. */
  #hasBase = false;
  /** Why its memory is not its state, as the end of a sentence; null as long as it is. */
  #unfit: string | null = null;

  constructor(model: Model, ask: Ask) {
    this.#model = model;
    this.#ask = ask;
    this.#history = new History(model.inputs.length);
    this.#keeps = model.keeps === "replayed" ? "replay" : model.keeps === "image" ? "image" : "serialized";
    this.#width = sampledOf(model).length;
    this.#names = ["time", ...model.inputs.map(({ name }) => name), ...model.outputs.map(({ name }) => name)];
  }

  /** When it was initialized, s, if it can be put to images that began then; else null. */
  get base(): number | null {
    return this.#hasBase ? this.#start : null;
  }

  /** Why there is no image of it, as the end of a sentence; null if there is, or if none was asked for. */
  get unfit(): string | null {
    return this.#unfit;
  }

  /** Its initial condition at `time` (s), with the one sample there. Once only. */
  async initialize(time: number): Promise<Advanced> {
    const { rows } = await this.#begin(time, { samples: true, capture: this.#captures });
    return { state: this.#state(), samples: inColumns(this.#names, [{ times: Float64Array.of(time), rows }]) };
  }

  /**
   * Does again what was done with the model, from where it is: not initialized yet, or after a part of the same history. Leaves
   * off after an interval when `budgetMs` are over. Its outputs are read again as well, though nobody wants them: a model may
   * compute them by iterating from what it came to the last time that they were read.
   *
   * @returns how many intervals of the history are done in total
   */
  async replay(state: State, budgetMs: number): Promise<number> {
    const endsAt = performance.now() + budgetMs;
    if (state.kind !== "replay") throw new Error("this state is no history");
    this.#keeps = state.becomesImage === true ? "image" : "replay";
    if (this.#start === null) await this.#begin(state.start, { samples: true, capture: this.#captures });
    const { intervals } = state.history;
    // One interval at least, so that it comes to its end however little time there is.
    let [before, isFirst] = [0, true];
    for (const { grid, inputs, from, to } of state.history) {
      const index = from + Math.max(0, this.#done - before);
      before += to - from;
      if (index >= to) continue;
      const leftMs = endsAt - performance.now();
      if (!isFirst && leftMs <= 0) return this.#done;
      isFirst = false;
      // Its state is captured where it rested last.
      const wanted = { samples: true, capture: before === intervals ? this.#captures : null };
      const { reached } = await this.#simulate(grid, inputs, index, to, wanted, leftMs);
      this.#done += reached - index;
      if (reached < to) return this.#done;
    }
    this.#history = state.history;
    return this.#done;
  }

  /**
   * Puts it to a state, from wherever it is; by replay only if it is not initialized yet, to an image only if it was initialized at
   * the same time.
   */
  async restore(state: State): Promise<void> {
    this.#keeps = state.kind;
    if (state.kind === "replay") {
      await this.replay(state, FOREVER);
      return;
    }
    const { course, start } = state;
    // At the state's own time, not the test's beginning: what a model keeps beside its state (the row of a table that it
    // read last, its next event) is then more likely to be right. An image is all of it, and differs from the test's beginning.
    const own = course === null || state.kind === "image" ? start : gridTime(course.grid, course.from);
    const isNew = this.#start === null;
    if (state.kind === "image" && !isNew && this.base !== start)
      throw new Error("an image is of a model that began at its time");
    // Its state, which may be large, is on its way while it is initialized.
    const orders = [
      isNew && this.#begin(own, NOTHING),
      this.#order(encodeRestore(state.bytes, state.kind), NOTHING, 0, 0),
    ];
    this.#start = start;
    await Promise.all(orders);
    this.#captured = state.bytes;
    this.#history = state.history;
    this.#course = null;
    if (course === null) return;
    const { grid, inputs, from, to } = course;
    this.#course = { grid, inputs, from, to: from };
    if (to > from) await this.#simulate(grid, inputs, from, to, { samples: true, capture: state.kind });
  }

  /** Simulates intervals `from` to `to` of a grid, see `Emulator.advance`. */
  async advance(inputs: InputValues, grid: Grid, from: number, to: number): Promise<Advanced> {
    const values = this.#values(inputs);
    const times = timesOf(grid, from, to);
    const wanted = { samples: true, capture: this.#captures };
    const { rows } = await this.#simulate(grid, values, from, to, wanted);
    this.#history?.add({ grid, inputs: values, from, to });
    this.#done += to - from;
    return { state: this.#state(), samples: inColumns(this.#names, [{ times, rows }]) };
  }

  /**
   * Simulates steps of which no state is kept. It is of use again once it is put to a state. All are ordered at once: each begins
   * its own grid, so none needs the answer to the one before, and its process never waits for this one.
   */
  async tryOut(steps: readonly PlannedStep[]): Promise<Samples> {
    const parts = steps.map(async ({ grid, inputs }) => {
      const { intervals } = grid;
      const { rows } = await this.#simulate(grid, this.#values(inputs), 0, intervals, SAMPLES_ALONE);
      return { times: timesOf(grid, 0, intervals), rows };
    });
    return inColumns(this.#names, await Promise.all(parts));
  }

  async #begin(time: number, wanted: Wanted): Promise<Done> {
    if (this.#start !== null) throw new Error("the model is initialized already");
    this.#start = time;
    this.#hasBase = this.#keeps === "image";
    const order = encodeInitialize(time, wanted, this.#hasBase);
    return await this.#order(order, wanted, 0, wanted.samples ? 1 : 0);
  }

  get #captures(): Wanted["capture"] {
    return this.#keeps === "replay" ? null : this.#keeps;
  }

  #state(): Uint8Array {
    const start = this.#start ?? Number.NaN;
    const kind = this.#keeps;
    // The history only grows. Once it is too long, it is dropped.
    if (isTooLong(kind, this.#history?.encode().length ?? 0)) this.#history = null;
    const history = this.#history;
    if (kind !== "replay") {
      const own = { start, course: this.#course, bytes: this.#captured, history };
      const state: State = kind === "image" ? { kind, layout: this.layout, ...own } : { kind, ...own };
      const encoded = encodeState(state, this.#model.inputs.length);
      if (kind === "serialized" || encoded.length <= LARGEST_IMAGE || history === null) return encoded;
      this.#becomeReplayed(`an image of it is ${encoded.length} bytes long, compressed`);
    }
    if (history === null) throw new EmulatorError("model", `its state cannot be kept any more: ${this.#unfit}`);
    return encodeState({ kind: "replay", start, history }, this.#model.inputs.length);
  }

  /** Its memory is not its state, and that does not change any more. */
  #becomeReplayed(why: string): void {
    this.#keeps = "replay";
    this.#unfit = why;
  }

  /**
   * Intervals `from` to `to`; fewer if it takes longer than `budgetMs`. How they are cut into calls changes nothing
   * (infra/native/host/course.c).
   */
  async #simulate(
    grid: Grid,
    inputs: readonly number[],
    from: number,
    to: number,
    wanted: Wanted,
    budgetMs = FOREVER,
  ): Promise<Done> {
    const stretch: Stretch = { grid, inputs, from, to, restedAt: this.#continues(grid, inputs, from) };
    const done = await this.#order(encodeSimulate(stretch, wanted, budgetMs), wanted, from, to);
    const { reached } = done;
    if (reached < to && budgetMs === FOREVER) throw unasked();
    this.#course = { grid, inputs, from: done.restedAt, to: reached };
    return done;
  }

  /** The last resting interval, if intervals from `from` on continue the model's position; else null. */
  #continues(grid: Grid, inputs: readonly number[], from: number): number | null {
    const course = this.#course;
    return course !== null && isOn(course, grid, inputs) && course.to === from && from < grid.intervals && from > 0
      ? course.from
      : null;
  }

  /** In the order of the model's inputs. */
  #values(inputs: InputValues): number[] {
    return this.#model.inputs.map(({ name, start }) => inputs[name] ?? start ?? 0);
  }

  /** Has an order carried out, and believes of the answer only what can be. */
  async #order(order: Buffer, wanted: Wanted, from: number, to: number): Promise<Done> {
    const { head, bytes } = await this.#ask(order);
    if (head.kind !== "done") throw unasked();
    const { reached, restedAt, stateBytes, unfit = "" } = head;
    const ends = Math.max(0, stateBytes);
    const isPossible =
      [reached, restedAt, stateBytes].every(Number.isSafeInteger) &&
      [
        from <= reached,
        reached <= to,
        0 <= restedAt,
        restedAt <= reached,
        wanted.capture !== null || stateBytes < 0,
      ].every(Boolean) &&
      bytes.length === ends + (wanted.samples ? (reached - from) * this.#width * BYTES : 0);
    if (!isPossible) throw unasked();
    if (wanted.capture === "image" && unfit !== "") this.#becomeReplayed(String(unfit));
    if (stateBytes >= 0) this.#captured = new Uint8Array(bytes.subarray(0, ends));
    return { reached, restedAt, rows: new Float64Array(new Uint8Array(bytes.subarray(ends)).buffer) };
  }
}

/** The ends of these intervals, s. */
function timesOf(grid: Grid, from: number, to: number): Float64Array {
  const times = new Float64Array(to - from);
  for (let i = 0; i < times.length; i++) times[i] = gridTime(grid, from + 1 + i);
  return times;
}
