import { describe, expect, it } from "vitest";
import { readAdvance } from "../../../functions/lifecycle/commands/advance.ts";
import { readInitialize } from "../../../functions/lifecycle/commands/initialize.ts";
import { readSetScenario } from "../../../functions/lifecycle/commands/set-scenario.ts";
import { readSetStep } from "../../../functions/lifecycle/commands/set-step.ts";
import { pythonFloat, readSubmit } from "../../../functions/lifecycle/commands/submit.ts";
import { PACKAGE_LIMITS } from "../../../functions/packages/limits.ts";

const refused = (message: RegExp) => ({ ok: false, message: expect.stringMatching(message) });

describe("initialize", () => {
  it("reads numbers and strings of numbers", () => {
    expect(readInitialize({ start_time: "3600", warmup_period: 0 })).toEqual({
      ok: true,
      params: { startTime: 3600, warmupPeriod: 0, endTime: null },
    });
    expect(readInitialize({ start_time: 0, warmup_period: "1e3", final_time: " 60 " })).toMatchObject({
      params: { warmupPeriod: 1000, endTime: 60 },
    });
  });

  it("takes an infinite or null end for none, and the start for the earliest", () => {
    for (const final_time of [null, undefined, "inf", Number.POSITIVE_INFINITY]) {
      expect(readInitialize({ start_time: 5, warmup_period: 0, final_time })).toMatchObject({
        params: { endTime: null },
      });
    }
    expect(readInitialize({ start_time: 5, warmup_period: 0, final_time: 5 })).toMatchObject({
      params: { endTime: 5 },
    });
    expect(readInitialize({ start_time: 5, warmup_period: 0, final_time: 4.9 })).toEqual(refused(/final_time is 4.9/));
    expect(readInitialize({ start_time: 5, warmup_period: 0, final_time: "nan" })).toEqual(refused(/final_time/));
  });

  it("does not read what a body inherits", () => {
    expect(readInitialize(Object.create({ start_time: 0, warmup_period: 0 }))).toEqual(
      refused(/start_time is missing/),
    );
  });
});

describe("step", () => {
  it("is from 0 to a year", () => {
    expect(readSetStep({ step: 0 })).toEqual({ ok: true, params: { step: 0 } });
    expect(readSetStep({ step: 31_536_000 })).toMatchObject({ ok: true });
    expect(readSetStep({ step: 31_536_000.1 })).toEqual(refused(/31536000/));
    expect(readSetStep({ step: Number.NaN })).toEqual(refused(/NaN/));
  });
});

describe("advance", () => {
  it("passes plain values on, in a form that JSON can carry", () => {
    const body = { a_u: Number.POSITIVE_INFINITY, b_u: "5", c_activate: true, d_u: null };
    expect(readAdvance(body)).toEqual({ ok: true, params: { ...body, a_u: "Infinity" } });
  });

  it("refuses lists and objects by name", () => {
    expect(readAdvance({ a_u: 1, b_u: { x: 1 } })).toEqual(refused(/"b_u" is \{"x":1\}/));
  });

  it("takes as many inputs as a test case may have points, and no more", () => {
    const inputs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`i${i}_u`, 1]));
    expect(readAdvance(inputs(PACKAGE_LIMITS.points)).ok).toBe(true);
    expect(readAdvance(inputs(PACKAGE_LIMITS.points + 1))).toEqual(refused(/2001 inputs\. At most 2000/));
  });

  it("keeps the name __proto__ to itself", () => {
    const read = readAdvance(JSON.parse('{"__proto__": 1}') as Record<string, unknown>);
    expect(read.ok && Object.entries(read.params)).toEqual([["__proto__", 1]]);
  });
});

describe("scenario", () => {
  it("passes on its five fields, and refuses others", () => {
    expect(readSetScenario({ electricity_prices: "dynamic" })).toEqual(
      refused(/Unknown field "electricity_prices"\. Allowed are "electricity_price", .*"seed"/),
    );
    expect(readSetScenario({ seed: Number.POSITIVE_INFINITY, time_period: null })).toEqual({
      ok: true,
      params: { seed: "Infinity", time_period: null },
    });
    expect(readSetScenario({ seed: [1] })).toEqual(refused(/seed is \[1\]/));
  });
});

describe("submit", () => {
  it("needs a key that is a string, and takes every field with `tag` in its name for one", () => {
    expect(readSubmit({ tag2: "b", api_key: "k", tag1: "a", vintage: "c", unit_test: "False" })).toEqual({
      ok: true,
      params: { apiKey: "k", tags: ["b", "a", "c"], unitTest: false },
    });
    expect(readSubmit({ tag1: "a" })).toEqual(refused(/api_key is missing\./));
    expect(readSubmit({ api_key: "k", tag1: 1 })).toEqual(refused(/tag1/));
  });
});

describe("Python's text of a float", () => {
  it.each([
    [86_400, "86400.0"],
    [0, "0.0"],
    [0.5, "0.5"],
    [1234.5678, "1234.5678"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [31_536_000, "31536000.0"],
    [1e16, "1e+16"],
    [-3, "-3.0"],
  ])("of %d is %s", (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });
});
