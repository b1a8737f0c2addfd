import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { putSegment, type SegmentRef } from "../../functions/results/segment.ts";
import { SegmentMemory } from "../../functions/results/segment-memory.ts";
import type { Samples } from "../../functions/simulation/samples.ts";
import { type CacheStack, startCacheStack } from "../support/cache-stack.ts";

let stack: CacheStack;
beforeAll(async () => {
  stack = await startCacheStack();
});
afterAll(async () => {
  await stack.stop();
});

/** 16 kB, decoded. */
const samplesFrom = (first: number): Samples => ({
  names: ["time", "y"],
  columns: [0, first].map((from) => Float64Array.from({ length: 1000 }, (_, i) => from + i)),
});

it("segments that were read last are read once, and their memory is bounded", async () => {
  const memory = new SegmentMemory(80_000);
  const lineage = randomUUID();
  const refs: SegmentRef[] = [];
  for (let i = 0; i < 10; i++) refs.push(await putSegment(stack.bucket, lineage, samplesFrom(i)));
  const readAll = async (which: readonly SegmentRef[]) => {
    const { s3 } = await stack.cost(async () => {
      for (const ref of which) {
        expect(await memory.read(stack.bucket, ref)).toEqual(samplesFrom(refs.indexOf(ref)));
        expect(memory.bytes).toBeLessThanOrEqual(80_000);
      }
    });
    return s3.GetObject ?? 0;
  };
  expect(await readAll(refs)).toBe(10);
  expect(await readAll(refs.slice(-5))).toBe(0);
  expect(await readAll(refs.slice(0, 1))).toBe(1);
});

it("a segment that is not there is told each time", async () => {
  const memory = new SegmentMemory();
  const ref = await putSegment(stack.bucket, randomUUID(), samplesFrom(0));
  await stack.bucket.remove([ref.key]);
  for (let i = 0; i < 2; i++) await expect(memory.read(stack.bucket, ref)).rejects.toThrow("is missing");
});
