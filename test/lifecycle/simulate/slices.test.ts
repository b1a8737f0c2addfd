import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ModelFailed } from "../../../functions/emulator-client/failure.ts";
import { SimulationFailed, Slices } from "../../../functions/lifecycle/simulate/slices.ts";
import { builtIn } from "../../simulation/support.ts";

const testcase1 = builtIn("testcase1");
const compiled = { ...testcase1, id: "mine", emulator: { ...testcase1.emulator, cost: 1e6 } };
let nowMs = 0;

beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Takes a slice that takes so long. @returns how many intervals it was allowed */
const take = (slices: Slices, left: number | undefined, tookMs: number) =>
  slices.take(left, async (most) => {
    nowMs += tookMs;
    return most;
  });

describe("slices of a run", () => {
  it("are a day long, however long they take, where the emulator's cost tells that they are short", async () => {
    const slices = new Slices(testcase1);
    for (const tookMs of [1, 10_000, 5]) expect(await take(slices, 1e6, tookMs)).toBe(2880);
    expect(await take(slices, undefined, 1)).toBe(2880);
    expect(await take(slices, 100, 1)).toBe(100);
  });

  it("begin with an initialization alone, then an hour, where nobody knows how long they take", async () => {
    const slices = new Slices(compiled);
    expect(await take(slices, undefined, 5000)).toBe(1);
    expect(await take(slices, 1e6, 2000)).toBe(120);
  });

  it("get as long as two seconds allow, step by step, up to a day", async () => {
    const slices = new Slices(compiled);
    expect(await take(slices, 1e6, 100)).toBe(120);
    expect(await take(slices, 1e6, 800)).toBe(960);
    expect(await take(slices, 1e6, 1000)).toBe(2400);
    expect(await take(slices, 1e6, 1)).toBe(2880);
  });

  it("get shorter when they take longer, and tell the next process", async () => {
    const slices = new Slices(compiled);
    expect(await take(slices, 1e6, 8000)).toBe(120);
    expect(await take(new Slices(compiled, slices.save()), 1e6, 2000)).toBe(30);
  });

  it("do not get shorter because little was left", async () => {
    const slices = new Slices(compiled);
    expect(await take(slices, 5, 1500)).toBe(5);
    expect(await take(slices, 1e6, 1)).toBe(120);
  });

  it("that a model could not do in time are tried again, an eighth of them; one interval is not", async () => {
    const slices = new Slices(compiled);
    const tooLong = () => Promise.reject(new ModelFailed("timeout", "too long"));
    expect(await slices.take(1000, tooLong)).toBeUndefined();
    expect(await slices.take(1000, async (most) => most)).toBe(15);
    await expect(slices.take(1, tooLong)).rejects.toThrow(SimulationFailed);
    const broken = () => Promise.reject(new ModelFailed("crash", "it crashed", ["last words"]));
    await expect(slices.take(1000, broken, " in step 2")).rejects.toMatchObject({
      message: "The simulation of mine failed in step 2: it crashed",
      log: ["last words"],
    });
  });
});
