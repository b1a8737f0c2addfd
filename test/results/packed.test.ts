import { describe, expect, it } from "vitest";
import { readChunk, samplesOf, writeChunk } from "../../functions/results/chunk.ts";
import { isPacked, pack, unpack } from "../../functions/results/packed.ts";
import { encodeSamples, type Samples } from "../../functions/simulation/samples.ts";

/** A quarter of an hour, an hour, a day: of some rows each, smooth but for a kink. */
function smooth(rows: number): Samples {
  const column = (make: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => make(i));
  const names = ["time", ...Array.from({ length: 20 }, (_, i) => `y${i}`)];
  const columns = names.map((_, k) =>
    k === 0 ? column((i) => 30 * i) : column((i) => 290 + k * Math.sin(i / (50 + k)) + (i > rows / 2 ? i / 99 : 0)),
  );
  return { names, columns };
}

/** Numbers of which every bit must survive, in the order in which differences of them overflow. */
const odd = new BigUint64Array([
  0n,
  0xffffffffffffffffn,
  1n,
  0x8000000000000000n,
  0x7ff8000000000001n,
  0xfff0000000000000n,
  0x00000000ffffffffn,
  0x0000000100000000n,
  0x7fefffffffffffffn,
]);

/** The chunk's line, as it was written before chunks were packed. */
const plain = (bytes: Uint8Array) => `7 0 30 ${Buffer.from(bytes).toString("base64")}`;

const bitsOf = ({ columns }: Samples) => columns.map((values) => Buffer.from(values.buffer).toString("hex"));

describe("a chunk", () => {
  it("of a step of an hour takes less than half of the room, and gives the same bits", () => {
    const bytes = encodeSamples(smooth(120));
    const line = writeChunk({ revision: 7, from: 0, to: 3570, bytes });
    expect(line.length).toBeLessThan(plain(bytes).length / 2);
    expect(line).toMatch(/^7 0 3570 /);
    expect(bitsOf(samplesOf(readChunk(line)))).toEqual(bitsOf(smooth(120)));
  });

  it("that is small, or that has nothing to gain, stays as it is", () => {
    const small = encodeSamples(smooth(2));
    expect(writeChunk({ revision: 7, from: 0, to: 30, bytes: small })).toBe(plain(small));
    let seed = 1;
    const noise = () => {
      seed = (Math.imul(seed, 48_271) >>> 0) % 0x7fffffff;
      return seed;
    };
    const bits = Uint32Array.from({ length: 4000 }, () => (noise() << 8) ^ noise());
    const bytes = encodeSamples({ names: ["time"], columns: [new Float64Array(bits.buffer)] });
    expect(writeChunk({ revision: 7, from: 0, to: 30, bytes })).toBe(plain(bytes));
  });

  it("that was written before chunks were packed is read", () => {
    const samples = smooth(120);
    expect(samplesOf(readChunk(plain(encodeSamples(samples))))).toEqual(samples);
  });
});

describe("packing", () => {
  it("keeps every bit, whatever overflows, at whatever place in memory", () => {
    const bits = BigUint64Array.from({ length: 40 * odd.length }, (_, i) => odd[(i * i) % odd.length] ?? 0n);
    const bytes = encodeSamples({ names: ["time"], columns: [new Float64Array(bits.buffer)] });
    const before = Buffer.from(bytes).toString("hex");
    for (const shift of [0, 1, 4]) {
      const moved = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift);
      const packed = pack(moved);
      expect(isPacked(packed)).toBe(true);
      expect(Buffer.from(unpack(packed)).toString("hex")).toBe(before);
      expect(moved.toString("hex")).toBe(before);
    }
  });

  it("keeps samples without numbers", () => {
    const bytes = encodeSamples({ names: ["time"], columns: [new Float64Array(0)] });
    expect(Buffer.from(unpack(pack(bytes)))).toEqual(Buffer.from(bytes));
  });
});
