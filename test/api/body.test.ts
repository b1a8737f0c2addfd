import { describe, expect, it } from "vitest";
import { readFields, readList } from "../../functions/api/http/body.ts";

const FORM = "application/x-www-form-urlencoded";

describe("a JSON body", () => {
  it.each([
    ["", {}],
    [" \n\t", {}],
    ["null", {}],
    ['{"a": 1, "b": [true, null]}', { a: 1, b: [true, null] }],
    ['{"a": Infinity, "b": -Infinity, "c": NaN}', { a: "Infinity", b: "-Infinity", c: "NaN" }],
    ['{"a": [NaN, {"b": -Infinity}]}', { a: ["NaN", { b: "-Infinity" }] }],
    ['{"a": "NaN \\" Infinity", "b": NaN}', { a: 'NaN " Infinity', b: "NaN" }],
    ['{"\\\\": "-Infinity", "b": NaN}', { "\\": "-Infinity", b: "NaN" }],
    ['{"a": 1, "a": 2}', { a: 2 }],
  ])("%j is %j", (text, fields) => {
    expect(readFields(text, "application/json")).toEqual(fields);
    expect(readFields(text, undefined)).toEqual(fields);
  });

  it("keeps the name __proto__ to itself", () => {
    const fields = readFields('{"__proto__": {"step": 1}}', undefined);
    expect(Object.keys(fields)).toEqual(["__proto__"]);
    expect(fields.step).toBeUndefined();
  });

  it.each([
    "[]",
    "1",
    '"x"',
    "true",
    "NaN",
    "{",
    "{a: 1}",
    '{"a": +Infinity}',
    '{"a": infinity}',
    '{"a": NaNs}',
    "a=1",
  ])("%j is refused with 400", (text) => {
    expect(() => readFields(text, undefined)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe("a form", () => {
  it.each([
    ["step=60", { step: "60" }],
    ["a=1&a=2", { a: "2" }],
    ["a=%2B1+2&b=", { a: "+1 2", b: "" }],
    ["point_names=x", { point_names: ["x"] }],
    ["point_names=x&point_names=y", { point_names: ["x", "y"] }],
    ["point_names[]=x&point_names%5B%5D=y", { point_names: ["x", "y"] }],
    ["point_names=x&point_names[]=y", { point_names: ["x", "y"] }],
    ["point_names[0]=x", { "point_names[0]": "x" }],
    ["other[]=x", { "other[]": "x" }],
    ["point_names=", { point_names: [""] }],
  ])("%j is %j", (text, fields) => {
    expect(readFields(text, FORM)).toEqual(fields);
    expect(readFields(text, "Application/X-WWW-Form-UrlEncoded; charset=UTF-8")).toEqual(fields);
  });

  it("is none where it is JSON under that name, as curl -d sends it", () => {
    expect(readFields(' {"step": 60}', FORM)).toEqual({ step: 60 });
    expect(readList("[{}]", FORM)).toEqual([{}]);
  });

  it("keeps the name __proto__ to itself", () => {
    const fields = readFields("__proto__=5", FORM);
    expect(Object.entries(fields)).toEqual([["__proto__", "5"]]);
  });
});
