import { describe, expect, it } from "vitest";
import { readInputs, releasedInputs } from "../../functions/simulation/inputs.ts";
import { builtIn } from "./support.ts";

const testcase = builtIn("testcase1");
const released = { oveAct_u: 0, oveAct_activate: 0 };
const read = (body: Record<string, unknown>, held = released) => readInputs(testcase, held, body);

describe("inputs", () => {
  it("are all released at first", () => {
    expect(releasedInputs(testcase)).toEqual(released);
    expect(releasedInputs(builtIn("testcase3"))).toEqual({
      oveActSou_u: 0,
      oveActSou_activate: 0,
      oveActNor_u: 0,
      oveActNor_activate: 0,
    });
  });

  it("are held until they are given anew", () => {
    const held = { oveAct_u: 500, oveAct_activate: 1 };
    expect(read({}, held)).toEqual({ ok: true, inputs: held, warnings: [] });
    expect(read({ oveAct_u: 7 }, held)).toMatchObject({ inputs: { oveAct_u: 7, oveAct_activate: 1 } });
    expect(read({ oveAct_activate: 0 }, held)).toMatchObject({ inputs: { oveAct_u: 500, oveAct_activate: 0 } });
    expect(read({ oveAct_u: null, oveAct_activate: null }, held)).toEqual({ ok: true, inputs: held, warnings: [] });
  });

  it("do not change what was held", () => {
    const held = Object.freeze({ ...released });
    read({ oveAct_u: 1, oveAct_activate: 1 }, held);
    expect(held).toEqual(released);
  });

  it.each([1, true, "1", "true", "True", "1.0", " 1e0 ", "+1"])("%j activates", (value) => {
    expect(read({ oveAct_activate: value })).toMatchObject({ ok: true, inputs: { oveAct_activate: 1 } });
  });

  it.each([0, -0, false, "0", "false", "False", "0.0", "-0"])("%j releases", (value) => {
    const result = read({ oveAct_activate: value }, { oveAct_u: 1, oveAct_activate: 1 });
    expect(result).toStrictEqual({ ok: true, inputs: { oveAct_u: 1, oveAct_activate: 0 }, warnings: [] });
  });

  it.each([1.2, "1.2", "invalid", 2, -1, "", "TRUE", "yes", Number.NaN, [], [1], {}, "0x1"])(
    "%j does neither",
    (value) => {
      const result = read({ oveAct_u: 5, oveAct_activate: value });
      expect(result.ok).toBe(false);
      expect(result).toMatchObject({ message: expect.stringMatching(/oveAct_activate.*Allowed/) });
    },
  );

  it.each([
    [12.5, 12.5],
    ["12.5", 12.5],
    [" 1e3 ", 1000],
    ["1_0", 10],
    [-10000, -10000],
    [10000, 10000],
  ])("%j is the value %d", (value, expected) => {
    expect(read({ oveAct_u: value })).toEqual({
      ok: true,
      inputs: { oveAct_u: expected, oveAct_activate: 0 },
      warnings: [],
    });
  });

  it.each([
    [true, 1],
    [false, 0],
  ])("%j is the number that Python makes of it", (value, expected) => {
    expect(read({ oveAct_u: value })).toMatchObject({ ok: true, inputs: { oveAct_u: expected }, warnings: [] });
  });

  it.each(["true", "five", "", "5*60", [5], {}, Number.NaN, "nan"])("%j is no value", (value) => {
    const result = read({ oveAct_u: value });
    expect(result).toMatchObject({ ok: false, message: expect.stringMatching(/oveAct_u.*Allowed.*-10000 to 10000/) });
  });

  it.each([
    [10000.5, 10000],
    ["1e9", 10000],
    ["inf", 10000],
    [Number.NEGATIVE_INFINITY, -10000],
    [-10001, -10000],
  ])("%j is clipped to %d with a warning", (value, expected) => {
    const result = read({ oveAct_u: value });
    expect(result).toMatchObject({ ok: true, inputs: { oveAct_u: expected } });
    const [warning = "", ...others] = result.ok ? result.warnings : [];
    expect(others).toEqual([]);
    for (const part of ["oveAct_u", String(value), "-10000", "10000"]) expect(warning).toContain(part);
  });

  it("are never −0, which JSON cannot hold", () => {
    const result = read({ oveAct_u: -0 });
    expect(result.ok && Object.is(result.inputs.oveAct_u, 0)).toBe(true);
    expect(readInputs(testcase, { oveAct_u: 0, oveAct_activate: 0 }, { oveAct_u: "-0" })).toStrictEqual({
      ok: true,
      inputs: released,
      warnings: [],
    });
  });

  it("without limits must be finite", () => {
    const unlimited = {
      ...testcase,
      inputs: { x_u: { Unit: null, Description: null, Minimum: null, Maximum: null } },
    };
    expect(readInputs(unlimited, { x_u: 0 }, { x_u: 1e300 })).toMatchObject({ ok: true, inputs: { x_u: 1e300 } });
    for (const value of ["inf", "-inf", "nan", "1e999"])
      expect(readInputs(unlimited, { x_u: 0 }, { x_u: value }).ok).toBe(false);
  });

  it("of unknown names are all named, with those that are allowed", () => {
    const result = read({ oveAct_u: 1, foo: 2, 'b"ar': 3 });
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('"foo", "b\\"ar"') });
    expect(result).toMatchObject({ message: expect.stringContaining('"oveAct_u", "oveAct_activate"') });
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "TRooAir_y", "time", ""])(
    "may be given the name %j",
    (name) => {
      const body = JSON.parse(`{${JSON.stringify(name)}: {"oveAct_u": 5}}`) as Record<string, unknown>;
      expect(read(body)).toMatchObject({ ok: false, message: expect.stringContaining(JSON.stringify(name)) });
      expect(Object.hasOwn(Object.prototype, "oveAct_u")).toBe(false);
    },
  );

  it("are not taken from a prototype", () => {
    const body = Object.create({ oveAct_u: 5 }) as Record<string, unknown>;
    expect(read(body)).toMatchObject({ ok: true, inputs: { oveAct_u: 0 } });
  });

  it("are quoted in messages, but not at any length", () => {
    const result = read({ oveAct_u: "x".repeat(100_000) });
    expect(result.ok === false && result.message.length).toBeLessThan(400);
    const nested = read({ oveAct_u: { a: "y".repeat(100_000) } });
    expect(nested.ok === false && nested.message.length).toBeLessThan(400);
  });
});
