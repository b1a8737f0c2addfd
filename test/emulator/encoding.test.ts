import { gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Course } from "../../functions/emulator/course.ts";
import { encodeFrame, FrameReader, REPORT_LIMITS, type Report } from "../../functions/emulator/frames.ts";
import { History } from "../../functions/emulator/history.ts";
import { decodeState, encodeState, kindOfState, type State } from "../../functions/emulator/state.ts";

const MB = 2 ** 20;

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const anyCourse = (inputs: number) =>
  fc
    .record({
      start: number,
      length: number.map(Math.abs),
      places: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
      inputs: fc.array(fc.double(), { minLength: inputs, maxLength: inputs }),
    })
    .map(({ start, length, places, inputs }): Course => {
      const [from = 0, to = 0, intervals = 0] = places.toSorted((one, other) => one - other);
      return { grid: { start, length, intervals }, inputs, from, to };
    });
const historyOf = (courses: readonly Course[]) => {
  const history = new History(courses[0]?.inputs.length ?? 0);
  for (const course of courses) history.add(course);
  return history;
};

describe("what was done with a model", () => {
  /** Steps that follow on one another, of few lengths and inputs, so that there is much to be merged. */
  const steps = fc
    .array(
      fc.record({
        intervals: fc.constantFrom(1, 2, 60),
        inputs: fc.array(fc.constantFrom(0, 1, 293.15), { minLength: 9, maxLength: 9 }),
        repeats: fc.integer({ min: 1, max: 20 }),
      }),
    )
    .map((kinds) => {
      let start = 0;
      return kinds.flatMap(({ intervals, inputs, repeats }) =>
        Array.from({ length: repeats }, (): Course => {
          const grid = { start, length: 30 * intervals, intervals };
          start += grid.length;
          return { grid, inputs, from: 0, to: intervals };
        }),
      );
    });

  test("counts its intervals and their time, and has a beginning that is equal to what it was then", () => {
    fc.assert(
      fc.property(steps, fc.nat(500), (courses, asked) => {
        const history = historyOf(courses);
        const all = courses.reduce((sum, { to }) => sum + to, 0);
        const intervals = Math.min(asked, all);
        expect([history.intervals, history.seconds(all), history.seconds(intervals)]).toEqual([
          all,
          30 * all,
          30 * intervals,
        ]);
        const then = new History(9);
        let left = intervals;
        for (const course of courses) {
          const to = Math.min(course.to, left);
          if (to > 0) then.add({ ...course, to });
          left -= to;
        }
        expect(history.beginning(intervals)).toEqual(then.encode());
      }),
    );
  });

  describe("may be forged by a model, and", () => {
    const STEP = { grid: { start: 0, length: 30, intervals: 1 }, inputs: [], from: 0, to: 1 };
    /** An encoded run of one course, so many times. */
    const run = (times: number, course: Partial<Omit<Course, "inputs">> = {}) => {
      const { grid, from, to } = { ...STEP, ...course };
      const bytes = Buffer.alloc(45);
      bytes.writeUInt8(5);
      for (const [i, value] of [grid.start, grid.length, grid.intervals, from, to].entries()) {
        bytes.writeDoubleLE(value, 1 + 8 * i);
      }
      bytes.writeUInt32LE(times, 41);
      return bytes;
    };

    test("is read as it is encoded, and not step by step", () => {
      const times = 2 ** 32 - 1;
      const history = History.decode(run(times), 0);
      const startedAt = performance.now();
      expect(history.intervals).toBe(times);
      expect(history.seconds(times)).toBe(30 * times);
      expect(history.beginning(times)).toEqual(run(times));
      // Step by step this takes a minute.
      expect(performance.now() - startedAt).toBeLessThan(5000);
    });

    test("is refused if it is longer than any test", () => {
      const many = Buffer.concat(Array.from({ length: 300 }, () => run(2 ** 32 - 1)));
      expect(() => History.decode(many, 0)).toThrow("longer than any test");
      // A byte for each step that follows on the one before.
      const short = Buffer.concat([run(2), Buffer.alloc(2 ** 20)]);
      expect(() => History.decode(short, 0)).toThrow("longer than any test");
    });

    test.each([
      ["no number", { grid: { start: 0, length: 30, intervals: Number.NaN } }],
      ["endless", { grid: { start: 0, length: 30, intervals: Number.POSITIVE_INFINITY } }],
      ["backward", { from: 1, to: 0 }],
      ["longer than its grid", { to: 2 }],
      ["in the middle of an interval", { from: 0.5 }],
      ["of no length", { grid: { start: 0, length: -1, intervals: 1 } }],
    ])("is refused if a course is %s", (_what, course) => {
      expect(() => History.decode(run(1, course), 0)).toThrow("no test has");
    });

    test("is refused if a part of a grid is repeated, or nothing is", () => {
      expect(() => History.decode(run(2, { grid: { start: 0, length: 60, intervals: 2 } }), 0)).toThrow("no test has");
      expect(() => History.decode(run(0), 0)).toThrow("no test has");
    });
  });

  test("comes back step by step, whatever was merged", () => {
    fc.assert(
      fc.property(steps, (courses) => {
        const history = historyOf(courses);
        expect([...history]).toEqual(courses);
        expect([...History.decode(history.encode(), 9)]).toEqual(courses);
      }),
    );
    fc.assert(
      fc.property(fc.array(anyCourse(2)), (courses) => {
        const once = [...historyOf(courses)];
        expect([...History.decode(historyOf(once).encode(), 2)]).toEqual(once);
      }),
    );
  });

  test("is the same however its steps were cut", () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 59 }), (courses, cut) => {
        const pieces = courses.flatMap((course) =>
          cut > 0 && cut < course.to
            ? [
                { ...course, to: cut },
                { ...course, from: cut },
              ]
            : [course],
        );
        expect(historyOf(pieces).encode()).toEqual(historyOf(courses).encode());
      }),
    );
  });

  test("takes no more room for a year of equal steps than for one, and some bytes for an input that changes", () => {
    const year = (inputs: (hour: number) => number[]) =>
      historyOf(
        Array.from({ length: 8760 }, (_, i) => ({
          grid: { start: 3600 * i, length: 3600, intervals: 120 },
          inputs: inputs(i),
          from: 0,
          to: 120,
        })),
      ).encode().length;
    expect(year(() => [1, 2, 3, 4, 5, 6, 7, 8])).toBeLessThan(120);
    expect(year((i) => [1, 2, 3, i, 5, 6, 7, 8])).toBeLessThan(11 * 8760);
  });
});

describe("a model's state", () => {
  const start = fc.double({ min: 0, max: 4e9, noNaN: true }).map((value) => value + 0);
  const history = fc.array(anyCourse(3)).map(historyOf);

  test("survives to the last bit, and equal states have equal bytes", () => {
    const serialized = fc.record({
      kind: fc.constant("serialized" as const),
      start,
      course: fc.option(anyCourse(3)),
      bytes: fc.uint8Array(),
      history: fc.option(history),
    });
    const replay = fc.record({ kind: fc.constant("replay" as const), start, history });
    fc.assert(
      fc.property(fc.oneof(serialized, replay), (state: State) => {
        const encoded = encodeState(state, 3);
        expect(kindOfState(encoded)).toBe(state.kind);
        const decoded = decodeState(encoded, MB);
        expect({ ...decoded, history: decoded.history && [...decoded.history] }).toEqual({
          ...state,
          history: state.history && [...state.history],
        });
        expect(encodeState(decoded, 3)).toEqual(encoded);
      }),
    );
  });

  test("leaves out a history that is too long to be written with every step", () => {
    const courses = Array.from({ length: 40_000 }, (_, i) => ({
      grid: { start: 30 * i, length: 30, intervals: 1 },
      inputs: [i],
      from: 0,
      to: 1,
    }));
    const state = { start: 0, course: null, bytes: Uint8Array.of(1), history: historyOf(courses) };
    expect(decodeState(encodeState({ kind: "serialized", ...state }, 1), MB).history).toBeNull();
    const replayed = decodeState(encodeState({ kind: "replay", ...state }, 1), MB);
    expect(replayed.history && [...replayed.history]).toHaveLength(40_000);
  });

  test.each([
    ["zstd", zstdCompressSync],
    ["gzip, as of older tests", gzipSync],
  ])("is refused when it is no state, cut off, or a bomb: %s", (_name, pack: (bytes: Uint8Array) => Buffer) => {
    const course = { grid: { start: 0, length: 1, intervals: 1 }, inputs: [], from: 0, to: 1 };
    const encoded = encodeState({ kind: "replay", start: 0, history: historyOf([course]) }, 0);
    const repacked = (bytes: Uint8Array) => Buffer.concat([encoded.subarray(0, 5), pack(bytes)]);
    const whole = zstdDecompressSync(encoded.subarray(5));
    const cut = whole.subarray(0, -8);
    expect(decodeState(repacked(whole), MB)).toEqual(decodeState(encoded, MB));
    expect(() => decodeState(pack(Buffer.from("what is this?")), MB)).toThrow("these bytes are no state of a model");
    expect(() => decodeState(Buffer.from("what is this?"), MB)).toThrow("these bytes are no state of a model");
    expect(() => decodeState(repacked(cut), MB)).toThrow("cut off");
    expect(() => decodeState(repacked(Buffer.alloc(2 * MB)), MB)).toThrow(RangeError);
    for (const inputs of [1e9, -5, 0.5, null, "many"]) {
      const head = Buffer.from(JSON.stringify({ start: 0, inputs, course: null, history: 0 }));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(head.length);
      expect(() => decodeState(repacked(Buffer.concat([length, head])), MB)).toThrow("no number of inputs");
    }
  });

  test("of the encoding before, which a running test may have, is read", () => {
    const numbers = new Float64Array([3600, 3600, 120, 0, 120, 293.15, 1]);
    const first = (kind: string, courses: number, own = "") => {
      const head = Buffer.from(JSON.stringify({ kind, start: 0, courses, inputs: 2 }));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(head.length);
      const parts = [Buffer.from("fms\x01"), length, head, Buffer.from(numbers.buffer), Buffer.from(own)];
      return gzipSync(Buffer.concat(parts));
    };
    const course = { grid: { start: 3600, length: 3600, intervals: 120 }, inputs: [293.15, 1], from: 0, to: 120 };
    const serialized = decodeState(first("serialized", 1, "own"), MB);
    expect(serialized).toEqual({
      kind: "serialized",
      start: 0,
      course,
      bytes: Uint8Array.from(Buffer.from("own")),
      history: null,
    });
    const replayed = decodeState(first("replay", 1), MB);
    expect(replayed.history && [...replayed.history]).toEqual([course]);
  });
});

describe("frames", () => {
  const reports: [Report, Uint8Array][] = [
    [{ kind: "log", line: "ä line" }, new Uint8Array(0)],
    [{ kind: "done", reached: 60, restedAt: 0, stateBytes: 3 }, Uint8Array.of(1, 2, 3, 4)],
    [{ kind: "failed", failure: "model", message: "" }, new Uint8Array(0)],
  ];

  test("come out whole, in whatever pieces they arrive", () => {
    const stream = Buffer.concat(reports.map(([head, bytes]) => encodeFrame(head, bytes)));
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length })), (cuts) => {
        const reader = new FrameReader(REPORT_LIMITS);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const frames = edges.slice(1).flatMap((edge, i) => reader.add(stream.subarray(edges[i], edge)));
        expect(frames.map(({ head, bytes }) => [head, new Uint8Array(bytes)])).toEqual(reports);
      }),
    );
  });

  test("that cannot be are refused before anything is waited for", () => {
    expect(() => new FrameReader(REPORT_LIMITS).add(Buffer.alloc(8, 255))).toThrow("too large");
    expect(() => new FrameReader(REPORT_LIMITS).add(Buffer.from("\x02\0\0\0\0\0\0\0{{", "latin1"))).toThrow(
      SyntaxError,
    );
  });
});
