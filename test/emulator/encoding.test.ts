import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, FrameReader, REPORT_LIMITS, type Report } from "../../functions/emulator/frames.ts";
import { type Course, decodeState, encodeState, type State } from "../../functions/emulator/state.ts";

const MB = 2 ** 20;

describe("a model's state", () => {
  const number = fc.double({ noNaN: true });
  const course = (inputs: number) =>
    fc.record<Course>({
      grid: fc.record({ start: number, length: number, intervals: fc.nat() }),
      inputs: fc.array(number, { minLength: inputs, maxLength: inputs }),
      from: fc.nat(),
      to: fc.nat(),
    });
  const start = fc.double({ min: 0, max: 4e9, noNaN: true }).map((value) => value + 0);

  test("survives to the last bit, and equal states have equal bytes", () => {
    const serialized = fc.record({
      kind: fc.constant("serialized" as const),
      start,
      course: fc.option(course(3)),
      bytes: fc.uint8Array(),
    });
    const replay = fc.record({ kind: fc.constant("replay" as const), start, courses: fc.array(course(2)) });
    fc.assert(
      fc.property(fc.oneof(serialized, replay), (state: State) => {
        const encoded = encodeState(state);
        const decoded = decodeState(encoded, MB);
        expect(decoded).toEqual(state);
        expect(encodeState(decoded)).toEqual(encoded);
      }),
    );
  });

  test("is refused when it is no state, cut off, or a bomb", () => {
    const encoded = encodeState({
      kind: "replay",
      start: 0,
      courses: [{ grid: { start: 0, length: 1, intervals: 1 }, inputs: [], from: 0, to: 1 }],
    });
    expect(() => decodeState(gzipSync("what is this?"), MB)).toThrow("these bytes are no state of a model");
    expect(() => decodeState(gzipSync(gunzipSync(encoded).subarray(0, -8)), MB)).toThrow("cut off");
    expect(() => decodeState(gzipSync(Buffer.alloc(2 * MB)), MB)).toThrow(RangeError);
  });
});

describe("frames", () => {
  const reports: [Report, Uint8Array][] = [
    [{ kind: "log", line: "ä line" }, new Uint8Array(0)],
    [{ kind: "done", stateBytes: 3, computeMs: 0.5 }, Uint8Array.of(1, 2, 3, 4)],
    [{ kind: "failed", failure: "model", message: "" }, new Uint8Array(0)],
  ];

  test("come out whole, in whatever pieces they arrive", () => {
    const stream = Buffer.concat(reports.map(([head, bytes]) => encodeFrame(head, bytes)));
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length })), (cuts) => {
        const reader = new FrameReader<Report>(REPORT_LIMITS);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const frames = edges.slice(1).flatMap((edge, i) => reader.add(stream.subarray(edges[i], edge)));
        expect(frames.map(({ head, bytes }) => [head, bytes])).toEqual(reports);
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
