import { type Course, isOn } from "./course.ts";

/** A course, and how often it was simulated: each time on the grid that begins where the one before ended. */
interface Run {
  readonly course: Course;
  /** Only a whole course is repeated. */
  readonly times: number;
}

/** An encoded run, and where its bytes end. */
interface ReadRun extends Run {
  readonly end: number;
}

/** Flags in the first byte of an encoded run: it names its grid, its inputs, how many times. */
const [HAS_GRID, HAS_INPUTS, HAS_TIMES] = [1, 2, 4];
const NOTHING = Buffer.alloc(0);
/**
 * A model's process can forge a history, and others read it. So a history has limits, far above those of real tests: in a year
 * there are a million steps of 30 s.
 */
const [MAX_RUNS, MAX_INTERVALS] = [2 ** 20, 2 ** 40];

/**
 * Everything that was done with a model since it was initialized: enough to do it again. It is small: equal steps under equal
 * inputs are one entry, and other steps contain only the inputs that changed.
 *
 * A run as bytes, little endian: flags (u8); start, length, intervals, from, to (f64), unless the run follows the one before;
 * one bit for each input that changed, then the values of these (f64); how many times (u32), if more than once.
 */
export class History {
  /** How many inputs the model has. */
  readonly #inputs: number;
  /** Encoded runs that do not change any more: the first `#length` bytes. */
  #closed: Buffer = NOTHING;
  #length = 0;
  /** The last course of these. */
  #before: Course | undefined;
  /** The last two runs at most. A course may still be completed, and then repeat the run before it. */
  #open: Run[] = [];

  constructor(inputs: number) {
    this.#inputs = inputs;
  }

  /** Adds the course that was simulated last. The result does not depend on how a grid was cut into courses. */
  add(course: Course): void {
    const last = this.#open.at(-1);
    if (last?.times === 1 && isOn(last.course, course.grid, course.inputs) && last.course.to === course.from) {
      this.#open.pop();
      this.#push({ ...last.course, to: course.to });
    } else this.#push(course);
  }

  /** All courses, in order: as many as were simulated, however short the history is as bytes. */
  *[Symbol.iterator](): Generator<Course> {
    for (const { course, times } of this.#runs()) {
      for (let i = 0; i < times; i++) yield shifted(course, i);
    }
  }

  /** How many intervals were simulated. */
  get intervals(): number {
    let intervals = 0;
    for (const { course, times } of this.#runs()) intervals += times * intervalsOf(course);
    return intervals;
  }

  /** The simulated time of the first intervals, s. */
  seconds(intervals: number): number {
    let [left, seconds] = [intervals, 0];
    for (const { course, times } of this.#runs()) {
      const taken = Math.min(left, times * intervalsOf(course));
      if (taken > 0) seconds += (course.grid.length / course.grid.intervals) * taken;
      left -= taken;
    }
    return Math.round(seconds);
  }

  /** The first intervals, as bytes. Equal beginnings have equal bytes, whatever follows. */
  beginning(intervals: number): Uint8Array {
    const part = new History(this.#inputs);
    let left = intervals;
    for (const { course, times } of this.#runs()) {
      if (left <= 0) break;
      const each = intervalsOf(course);
      const whole = Math.min(times, each === 0 ? times : Math.floor(left / each));
      if (whole > 0) part.#append({ course, times: whole });
      left -= whole * each;
      if (whole === times || left <= 0) continue;
      const { from, ...next } = shifted(course, whole);
      part.#append({ course: { ...next, from, to: from + left }, times: 1 });
      left = 0;
    }
    return part.encode();
  }

  encode(): Uint8Array {
    const parts = [this.#closed.subarray(0, this.#length)];
    let before = this.#before;
    for (const run of this.#open) {
      parts.push(encodeRun(run, before));
      before = lastOf(run);
    }
    return Buffer.concat(parts);
  }

  /** @throws Error for bytes that no `encode` gave, or that are more than any test can have done */
  static decode(bytes: Uint8Array, inputs: number): History {
    const history = new History(inputs);
    let end = 0;
    for (const read of readRuns(bytes, inputs)) {
      history.#open.push(read);
      if (history.#open.length <= 2) continue;
      const closed = history.#open.shift() as ReadRun;
      history.#before = lastOf(closed);
      end = closed.end;
    }
    history.#closed = Buffer.from(bytes.slice(0, end));
    history.#length = end;
    return history;
  }

  #runs(): Generator<Run> {
    return readRuns(this.encode(), this.#inputs);
  }

  #push(course: Course): void {
    const last = this.#open.at(-1);
    const isNext = last && isWhole(last.course) && isOn(shifted(last.course, last.times), course.grid, course.inputs);
    if (isNext && isWhole(course)) this.#open.splice(-1, 1, { course: last.course, times: last.times + 1 });
    else this.#append({ course, times: 1 });
  }

  #append(run: Run): void {
    this.#open.push(run);
    const closed = this.#open.length > 2 ? this.#open.shift() : undefined;
    if (closed === undefined) return;
    const bytes = encodeRun(closed, this.#before);
    if (this.#length + bytes.length > this.#closed.length) {
      const larger = Buffer.alloc(2 * this.#closed.length + bytes.length + 1024);
      this.#closed.copy(larger);
      this.#closed = larger;
    }
    this.#closed.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#before = lastOf(closed);
  }
}

function encodeRun({ course, times }: Run, before: Course | undefined): Buffer {
  const follows = before !== undefined && doesFollow(before, course);
  const changed = course.inputs.map((value, i) => !Object.is(value, before?.inputs[i] ?? 0));
  const hasInputs = changed.includes(true);
  const bits = hasInputs ? Buffer.alloc(Math.ceil(changed.length / 8)) : NOTHING;
  for (const [i, is] of changed.entries()) if (is) bits.writeUInt8(bits.readUInt8(i >> 3) | (1 << (i & 7)), i >> 3);
  const { start, length, intervals } = course.grid;
  const flags = (follows ? 0 : HAS_GRID) | (hasInputs ? HAS_INPUTS : 0) | (times > 1 ? HAS_TIMES : 0);
  const count = Buffer.alloc(times > 1 ? 4 : 0);
  if (times > 1) count.writeUInt32LE(times);
  return Buffer.concat([
    Buffer.of(flags),
    doubles(follows ? [] : [start, length, intervals, course.from, course.to]),
    bits,
    doubles(course.inputs.filter((_, i) => changed[i])),
    count,
  ]);
}

/** @throws Error if the bytes are no history, or have more runs or intervals than allowed */
function* readRuns(bytes: Uint8Array, inputs: number): Generator<ReadRun> {
  const reader = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const next = (length: number) => {
    at += length;
    return at - length;
  };
  const double = () => reader.readDoubleLE(next(8));
  let before: Course | undefined;
  let [runs, intervals] = [0, 0];
  while (at < reader.length) {
    const flags = reader.readUInt8(next(1));
    let where: Omit<Course, "inputs">;
    if ((flags & HAS_GRID) !== 0) {
      const [start, length, intervals, from, to] = [double(), double(), double(), double(), double()];
      where = { grid: { start, length, intervals }, from, to };
    } else if (before !== undefined) where = shifted(before, 1);
    else throw new Error("a history begins in the middle");
    let values = before?.inputs ?? new Array<number>(inputs).fill(0);
    if ((flags & HAS_INPUTS) !== 0) {
      const changed = [...values];
      const first = next(Math.ceil(inputs / 8));
      for (let i = 0; i < inputs; i++) {
        if (((reader.readUInt8(first + (i >> 3)) >> (i & 7)) & 1) !== 0) changed[i] = double();
      }
      values = changed;
    }
    const times = (flags & HAS_TIMES) === 0 ? 1 : reader.readUInt32LE(next(4));
    const { grid, from, to } = where;
    const run = { course: { grid, inputs: values, from, to }, times };
    if (!isPossible(run)) throw new Error("a history has a course that no test has");
    runs++;
    intervals += times * (to - from);
    if (runs > MAX_RUNS || intervals > MAX_INTERVALS) throw new Error("a history is longer than any test");
    yield { ...run, end: at };
    before = lastOf(run);
  }
}

function isPossible({ course, times }: Run): boolean {
  const { grid, from, to } = course;
  const isGrid = Number.isFinite(grid.start) && Number.isFinite(grid.length) && grid.length >= 0;
  const isRange = [from, to, grid.intervals].every(Number.isSafeInteger) && 0 <= from && from <= to;
  return isGrid && isRange && to <= grid.intervals && (times === 1 || (times > 1 && isWhole(course)));
}

function intervalsOf({ from, to }: Course): number {
  return to - from;
}

/** Whether a course is a whole grid right after another whole one of the same length and number of intervals. */
function doesFollow(before: Course, course: Course): boolean {
  const next = { ...shifted(before, 1), inputs: course.inputs };
  return isWhole(before) && isWhole(course) && isOn(next, course.grid, course.inputs);
}

function isWhole({ grid, from, to }: Course): boolean {
  return from === 0 && to === grid.intervals;
}

function lastOf({ course, times }: Run): Course {
  return shifted(course, times - 1);
}

/** The same course on a later grid: `by` grids later. */
function shifted(course: Course, by: number): Course {
  if (by === 0) return course;
  const { start, length, intervals } = course.grid;
  return { ...course, grid: { start: start + by * length, length, intervals } };
}

function doubles(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (const [i, number] of numbers.entries()) bytes.writeDoubleLE(number, 8 * i);
  return bytes;
}
