import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../../functions/platform/keys.ts";
import { readChunk, samplesOf } from "../../../functions/results/chunk.ts";
import { Recorder, TAIL_BYTES } from "../../../functions/results/recorder.ts";
import { readSegment, type SegmentRef } from "../../../functions/results/segment.ts";
import type { Samples } from "../../../functions/simulation/samples.ts";
import { type CacheStack, startCacheStack } from "../../support/cache-stack.ts";

let stack: CacheStack;
beforeAll(async () => {
  stack = await startCacheStack();
});
afterAll(async () => {
  await stack.stop();
});

/** Samples every 30 s of one point, as noisy as measurements are. */
function noise(from: number, rows: number): Samples {
  const row = (make: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => make(from + i));
  return { names: ["time", "y"], columns: [row((i) => 30 * i), row((i) => Math.sin(i * i))] };
}

async function record(samples: Samples, tailBytes: number, testid: string = randomUUID()) {
  const before = { testid, revision: 1, lineage: `${testid}.1`, tailBytes };
  const recorder = new Recorder(stack.fixture.redis, stack.bucket, before);
  await recorder.add(samples);
  return await recorder.close();
}

const segmentsOf = (references: readonly string[]) =>
  Promise.all(references.map((reference) => readSegment(stack.bucket, JSON.parse(reference) as SegmentRef)));

describe("the samples of a step", () => {
  it("stay in Redis behind chunks that have not come to the limit, even if they do with them", async () => {
    const recorded = await record(noise(0, 120), TAIL_BYTES - 1);
    expect(recorded).toMatchObject({ mode: "keep", segments: [] });
    const [chunk = ""] = recorded.chunks;
    expect(recorded.tailBytes).toBe(TAIL_BYTES - 1 + chunk.length);
    expect(samplesOf(readChunk(chunk))).toEqual(noise(0, 120));
  });

  it("count as an eighth of their length at least, however well they are packed", async () => {
    const times = Float64Array.from({ length: 3000 }, (_, i) => 30 * i);
    const switching: Samples = { names: ["time", "y"], columns: [times, times.map((_, i) => i % 2)] };
    const recorded = await record(switching, 0);
    const [chunk = ""] = recorded.chunks;
    expect(samplesOf(readChunk(chunk))).toEqual(switching);
    const plain = (3000 * 8 * 4) / 3;
    expect(chunk.length).toBeLessThan(plain / 16);
    expect(recorded.tailBytes).toBeGreaterThanOrEqual(plain / 8);
  });

  it("go into a segment with the chunks before them once those have come to the limit", async () => {
    const testid = randomUUID();
    const older = [await record(noise(0, 120), 0), await record(noise(120, 120), 0)];
    await stack.fixture.redis.command(["RPUSH", keys.results(testid), ...older.flatMap(({ chunks }) => chunks)]);
    const recorded = await record(noise(240, 120), TAIL_BYTES, testid);
    expect(recorded).toMatchObject({ mode: "clear", chunks: [], tailBytes: 0 });
    expect(await segmentsOf(recorded.segments)).toEqual([noise(0, 360)]);
  });

  it("are a segment where they come to the limit alone", async () => {
    // A value takes 10.67 bytes of text; time, which rises evenly, hardly any.
    expect((await record(noise(0, 24_500), 0)).mode).toBe("keep");
    const large = noise(0, 24_600);
    const recorded = await record(large, 0);
    expect(recorded.mode).toBe("clear");
    expect(await segmentsOf(recorded.segments)).toEqual([large]);
  });
});
