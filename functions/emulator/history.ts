import { type Course, isOn } from "./course.ts";

/** A course that was simulated whole `times` times, each on the grid that begins where the one before ended. */
interface Run {
  readonly course: Course;
  readonly times: number;
}

/** What an encoded run begins with, as bits: it says its grid, it says inputs, it says how many times. */
const [HAS_GRID, HAS_INPUTS, HAS_TIMES] = [1, 2, 4];
const NOTHING = Buffer.alloc(0);

/**
 * Everything that was done with a model since it was initialized: enough to do it again. It is kept small, and as bytes: steps
 * of equal length under equal inputs are one entry, and of other steps only the inputs that changed are written.
 *
 * A run as bytes, little endian: flags (u8); start, length, intervals, from, to (f64) unless it follows on the run before; a
 * bit for each input that changed and the values of these (f64); how many times (u32) if more than once.
 */
export class History {
  /** How many inputs the model has. */
  readonly #inputs: number;
  /** Runs that nothing can be added to any more. */
  #closed: Buffer = NOTHING;
  #length = 0;
  /** The last course of these. */
  #before: Course | undefined;
  /** The last two at most: a course may yet be completed, and then be one more of the run before it. */
  #open: Run[] = [];

  constructor(inputs: number) {
    this.#inputs = inputs;
  }

  /** Adds what was simulated last. How a grid is cut into courses changes nothing. */
  add(course: Course): void {
    const last = this.#open.at(-1);
    if (last?.times === 1 && isOn(last.course, course.grid, course.inputs) && last.course.to === course.from) {
      this.#open.pop();
      this.#push({ ...last.course, to: course.to });
    } else this.#push(course);
  }

  /** All courses, in order. */
  *[Symbol.iterator](): Generator<Course> {
    for (const { course, times } of readRuns(this.encode(), this.#inputs)) {
      for (let i = 0; i < times; i++) yield shifted(course, i);
    }
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

  /** Throws on bytes that `encode` did not give. */
  static decode(bytes: Uint8Array, inputs: number): History {
    const history = new History(inputs);
    for (const run of readRuns(bytes, inputs)) history.#append(run);
    return history;
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

function* readRuns(bytes: Uint8Array, inputs: number): Generator<Run> {
  const reader = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const next = (length: number) => {
    at += length;
    return at - length;
  };
  const double = () => reader.readDoubleLE(next(8));
  let before: Course | undefined;
  while (at < reader.length) {
    const flags = reader.readUInt8(next(1));
    let where: Omit<Course, "inputs">;
    if ((flags & HAS_GRID) !== 0) {
      const [start, length, intervals, from, to] = [double(), double(), double(), double(), double()];
      where = { grid: { start, length, intervals }, from, to };
    } else if (before !== undefined) where = shifted(before, 1);
    else throw new Error("a history begins in the middle");
    const values = [...(before?.inputs ?? new Array<number>(inputs).fill(0))];
    if ((flags & HAS_INPUTS) !== 0) {
      const first = next(Math.ceil(inputs / 8));
      for (let i = 0; i < inputs; i++) {
        if (((reader.readUInt8(first + (i >> 3)) >> (i & 7)) & 1) !== 0) values[i] = double();
      }
    }
    const times = (flags & HAS_TIMES) === 0 ? 1 : reader.readUInt32LE(next(4));
    const { grid, from, to } = where;
    const run = { course: { grid, inputs: values, from, to }, times };
    yield run;
    before = lastOf(run);
  }
}

/** Whether a course is a whole grid, right after another whole one of the same length and intervals. */
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

/** The course on the grid that is so many grids later. */
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
