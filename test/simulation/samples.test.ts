import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  concatSamples,
  decodeSamples,
  encodeSamples,
  lastValues,
  type Samples,
  sampleCount,
  sliceByTime,
} from "../../functions/simulation/samples.ts";

function samples(columns: Record<string, number[]>): Samples {
  return { names: Object.keys(columns), columns: Object.values(columns).map((values) => Float64Array.from(values)) };
}

function bits(values: Float64Array): bigint[] {
  return [...new BigUint64Array(values.slice().buffer)];
}

describe("encoded samples", () => {
  it("come back to the last bit, whatever the doubles", () => {
    const anyBits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(fc.array(fc.tuple(anyBits, anyBits, fc.constant(0x8000000000000000n)), { maxLength: 20 }), (rows) => {
        const columns = [0, 1, 2].map((k) => new Float64Array(BigUint64Array.from(rows, (row) => row[k] ?? 0n).buffer));
        const decoded = decodeSamples(encodeSamples({ names: ["time", "a", "b"], columns }));
        expect(decoded.names).toEqual(["time", "a", "b"]);
        expect(decoded.columns.map(bits)).toEqual(columns.map(bits));
      }),
    );
  });

  it("keep −0, NaN with its payload, and denormals, in constant columns too", () => {
    const payload = new Float64Array(BigUint64Array.of(0x7ff4dead_beef0001n, 0x7ff4dead_beef0001n).buffer);
    const columns = [Float64Array.of(-0, -0), Float64Array.of(0, -0), payload, Float64Array.of(5e-324, -5e-324)];
    const decoded = decodeSamples(encodeSamples({ names: ["time", "a", "b", "c"], columns }));
    expect(decoded.columns.map(bits)).toEqual([
      [0x8000000000000000n, 0x8000000000000000n],
      [0n, 0x8000000000000000n],
      [0x7ff4deadbeef0001n, 0x7ff4deadbeef0001n],
      [1n, 0x8000000000000001n],
    ]);
  });

  it("store a constant column once", () => {
    const time = Array.from({ length: 1000 }, (_, i) => i);
    const constant = samples({ time, a: time.map(() => 7), b: time.map(() => -0) });
    const bytes = encodeSamples(constant);
    expect(bytes.length).toBeLessThan(200);
    expect(decodeSamples(bytes)).toEqual(constant);
    // 0 and −0 are equal numbers, but not the same value
    const mixed = samples({ time, a: time.map((i) => (i === 500 ? -0 : 0)) });
    expect(Object.is(decodeSamples(encodeSamples(mixed)).columns[1]?.[500], -0)).toBe(true);
  });

  it("store two values of a column that rises evenly, and all of one that does but for a last bit", () => {
    const even = Array.from({ length: 100 }, (_, i) => 0.1 + i * (0.4 - 0.1));
    const bent = even.map((value, i) => (i === 70 ? value * (1 + Number.EPSILON) : value));
    for (const [values, most] of [
      [even, 100],
      [bent, 900],
      [[1e300, 1e308, 1.7e308], 120],
      [[-0, 1, 2], 120],
      [[Number.NaN, 1, 2], 120],
      [[2, 1, 0], 120],
      [[1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 120],
      [[1e16, 1e16 + 2, 1e16 + 4], 120],
    ] as const) {
      const column = Float64Array.from(values);
      const bytes = encodeSamples({ names: ["time"], columns: [column] });
      expect(bytes.length).toBeLessThan(most);
      const [decoded] = decodeSamples(bytes).columns;
      expect(new BigUint64Array(decoded?.buffer ?? new ArrayBuffer())).toEqual(new BigUint64Array(column.buffer));
    }
  });

  it("store a column that changes rarely once for each change, to the last bit", () => {
    const values = fc.constantFrom(0n, 0x8000000000000000n, 0x7ff4deadbeef0001n, 0x7ff8000000000000n, 1n);
    fc.assert(
      fc.property(fc.array(fc.tuple(values, fc.integer({ min: 1, max: 40 })), { minLength: 1 }), (stays) => {
        const rarely = stays.flatMap(([value, rows]) => Array.from({ length: rows }, () => value));
        const often = rarely.map((_, i) => BigInt(i * i));
        const columns = [often, rarely].map((column) => new Float64Array(BigUint64Array.from(column).buffer));
        const decoded = decodeSamples(encodeSamples({ names: ["time", "a"], columns }));
        expect(decoded.columns.map((column) => [...new BigUint64Array(column.buffer)])).toEqual([often, rarely]);
      }),
    );
    // 24 hours' inputs, as a list of steps has them.
    const time = Array.from({ length: 2880 }, (_, i) => 30 * i);
    const hourly = time.map((second) => 20 * Math.floor(second / 3600));
    expect(encodeSamples(samples({ time, hourly })).length).toBeLessThan(500);
    // Not worth it where it is no less.
    expect(
      encodeSamples(samples({ time, often: time.map((second) => Math.floor(second / 60)) })).length,
    ).toBeGreaterThan(8 * 2880);
  });

  it("of the first version are read as ever", () => {
    const written =
      "c21wATkAAAB7Im5hbWVzIjpbInRpbWUiLCJhIiwiYiJdLCJyb3dzIjozLCJzYW1lIjpbMl0sImV2ZW4iOlswXX0AAAAAAAAAAAAAAAAAAD5AAAAAAAAA8D8AAAAAAAAAQAAAAAAAABBAAAAAAAAAFEA=";
    const some = samples({ time: [0, 30, 60], a: [1, 2, 4], b: [5, 5, 5] });
    expect(decodeSamples(Buffer.from(written, "base64"))).toEqual(some);
    // Where no column changes rarely, it is still what is written.
    expect(Buffer.from(encodeSamples(some)).toString("base64")).toBe(written);
  });

  it("are the same bytes every time, and wherever the columns lie in memory", () => {
    const memory = Float64Array.of(9, 1, 2, 3, 9);
    const there: Samples = { names: ["time"], columns: [memory.subarray(1, 4)] };
    expect(encodeSamples(there)).toEqual(encodeSamples(samples({ time: [1, 2, 3] })));
    const padded = new Uint8Array(200);
    const encoded = encodeSamples(there);
    padded.set(encoded, 3);
    expect(decodeSamples(padded.subarray(3, 3 + encoded.length))).toEqual(samples({ time: [1, 2, 3] }));
  });

  it("may be none, and may have names of any letters", () => {
    for (const some of [samples({}), samples({ time: [] }), samples({ time: [1], 'T[Süd]"': [2], __proto: [3] })]) {
      expect(decodeSamples(encodeSamples(some))).toEqual(some);
    }
  });

  it("are refused when they are damaged", () => {
    const bytes = encodeSamples(samples({ time: [1, 2], a: [3, 4] }));
    expect(() => decodeSamples(bytes.subarray(0, bytes.length - 1))).toThrow("cut off");
    expect(() => decodeSamples(Uint8Array.of(...bytes, 0))).toThrow();
    expect(() => decodeSamples(new Uint8Array(3))).toThrow("no samples");
    expect(() => decodeSamples(new Uint8Array(30))).toThrow("no samples");
  });
});

describe("samples", () => {
  const some = samples({ time: [0, 30, 60, 90], a: [1, 2, 3, 4] });

  it("are joined in order", () => {
    const joined = concatSamples([
      samples({ time: [0], a: [1] }),
      samples({ time: [], a: [] }),
      samples({ time: [30, 60, 90], a: [2, 3, 4] }),
    ]);
    expect(joined).toEqual(some);
    expect(sampleCount(joined)).toBe(4);
    expect(concatSamples([])).toEqual({ names: [], columns: [] });
  });

  it("of different points are not joined", () => {
    expect(() => concatSamples([some, samples({ time: [1], b: [1] })])).toThrow("cannot join");
    expect(() => concatSamples([some, samples({ time: [1] })])).toThrow("cannot join");
  });

  it("have last values", () => {
    expect(lastValues(some)).toEqual({ time: 90, a: 4 });
    expect(lastValues(samples({ time: [], a: [] }))).toEqual({});
  });

  it.each([
    [30, 60, [30, 60]],
    [29, 61, [30, 60]],
    [31, 59, []],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, [0, 30, 60, 90]],
    [90, 90, [90]],
    [91, 1000, []],
    [60, 30, []],
    [-5, -1, []],
  ])("from %d to %d s, both included", (start, final, times) => {
    const slice = sliceByTime(some, start, final);
    expect([...(slice.columns[0] ?? [])]).toEqual(times);
    expect([...(slice.columns[1] ?? [])]).toEqual(times.map((time) => time / 30 + 1));
  });
});
