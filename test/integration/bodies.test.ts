import { beforeAll, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { stateOf } from "../support/state.ts";

const cloud = useCloud();
const { call, selectTest } = clientOf(cloud);

const MAX_BODY_BYTES = 1_048_576;
const JSON_TYPE = { "content-type": "application/json" };

let testid: string;
beforeAll(async () => {
  testid = await selectTest();
  await call("POST", `/advance/${testid}`);
});

const results = (raw: string, headers: Record<string, string> = JSON_TYPE) =>
  call<Record<string, number[]>>("PUT", `/results/${testid}`, { raw, headers });

describe("JSON", () => {
  it("may hold Python's bare Infinity and -Infinity, as limits of results", async () => {
    const { status, payload } = await results(
      '{"point_names": ["TRooAir_y"], "start_time": -Infinity, "final_time": Infinity}',
    );
    expect(status).toBe(200);
    expect(payload.time).toEqual([0, 30, 60]);
  });

  it("may hold the same words in strings, where they stay what they are", async () => {
    const { message } = await results(
      '{"point_names": ["a \\"Infinity, NaN"], "start_time": -Infinity, "final_time": 1}',
    );
    expect(message).toContain('a \\"Infinity, NaN');
  });

  it("is read whatever its type is called, and without one", async () => {
    const text = '{"point_names": ["TRooAir_y"], "start_time": 0, "final_time": "inf"}';
    for (const type of ["application/json; charset=utf-8", "text/plain", "application/octet-stream", "nonsense"]) {
      expect((await results(text, { "content-type": type })).status).toBe(200);
    }
  });

  it("may be base64-encoded on its way through the gateway, and hold any UTF-8", async () => {
    const { status, message } = await results('{"point_names": ["Température"], "start_time": 0, "final_time": 1}', {
      "content-type": "application/x-unknown",
    });
    expect(status).toBe(400);
    expect(message).toContain("Température");
  });

  it("may be missing, empty, blank or null: then it is {}", async () => {
    for (const raw of ["", "  \n", "null", "{}"]) {
      expect((await call("POST", `/advance/${testid}`, { raw, headers: JSON_TYPE })).status).toBe(200);
    }
    expect((await call("POST", `/advance/${testid}`)).status).toBe(200);
  });

  it("with names of JavaScript's own objects is refused or ignored like any other", async () => {
    const before = await stateOf(cloud(), testid);
    for (const name of ["__proto__", "constructor", "hasOwnProperty", "toString"]) {
      const { status, message } = await call("POST", `/advance/${testid}`, {
        raw: `{"${name}": 1, "oveAct_u": 5}`,
        headers: JSON_TYPE,
      });
      expect(status).toBe(400);
      expect(message).toContain(name);
    }
    const polluting = '{"__proto__": {"step": 5, "start_time": 0, "warmup_period": 0}}';
    for (const path of ["step", "initialize"]) {
      const { status, message } = await call("PUT", `/${path}/${testid}`, { raw: polluting, headers: JSON_TYPE });
      expect(status).toBe(400);
      expect(message).toContain("missing");
    }
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });

  it("may have one name of a point in place of a list of one", async () => {
    for (const [path, times] of [
      ["results", { start_time: 0, final_time: 60 }],
      ["forecast", { horizon: 60, interval: 60 }],
    ] as const) {
      const name = path === "results" ? "TRooAir_y" : "TDryBul";
      const put = (point_names: unknown) => call("PUT", `/${path}/${testid}`, { body: { point_names, ...times } });
      const single = await put(name);
      expect([single.status, single.text]).toEqual([200, (await put([name])).text]);
    }
  });

  it("of more fields than any test has points is refused before they are looked at", async () => {
    const fields = (count: number) => `{${Array.from({ length: count }, (_, i) => `"f${i}":1`).join(",")}}`;
    for (const [method, path] of [
      ["PUT", "scenario"],
      ["POST", "advance"],
      ["PUT", "results"],
    ] as const) {
      const { status, message } = await call(method, `/${path}/${testid}`, { raw: fields(80_000), headers: JSON_TYPE });
      expect([status, message]).toEqual([400, "The body has 80000 fields. At most 2000 are allowed."]);
    }
    const list = await call("POST", `/advance/${testid}`, { raw: `[${fields(80_000)}]`, headers: JSON_TYPE });
    expect([list.status, list.message]).toEqual([400, expect.stringContaining("80000 inputs. At most 2000")]);
  });

  it("nested half a million levels deep is refused", async () => {
    const deep = "[".repeat(500_000) + "]".repeat(500_000);
    const before = await stateOf(cloud(), testid);
    for (const [method, path, field] of [
      ["POST", "advance", "oveAct_u"],
      ["PUT", "step", "step"],
      ["PUT", "results", "point_names"],
    ] as const) {
      const { status, message } = await call(method, `/${path}/${testid}`, {
        raw: `{"${field}":${deep}}`,
        headers: JSON_TYPE,
      });
      expect(status).toBe(400);
      expect(message).toContain(field);
      expect(message?.length).toBeLessThan(500);
    }
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });
});

describe("a form", () => {
  const form = (text: string) => results(text, { "content-type": "application/x-www-form-urlencoded" });

  it.each([
    ["single", "point_names=TRooAir_y", ["TRooAir_y"]],
    ["repeated", "point_names=TRooAir_y&point_names=PHeaCoo_y", ["TRooAir_y", "PHeaCoo_y"]],
    ["as point_names[]", "point_names[]=TRooAir_y&point_names[]=PHeaCoo_y", ["TRooAir_y", "PHeaCoo_y"]],
    ["as point_names[], escaped", "point_names%5B%5D=TRooAir_y", ["TRooAir_y"]],
    ["both ways", "point_names=TRooAir_y&point_names%5B%5D=PHeaCoo_y", ["TRooAir_y", "PHeaCoo_y"]],
  ])("may name points %s", async (_how, names, points) => {
    const { status, payload } = await form(`${names}&start_time=-inf&final_time=1e9`);
    expect(status).toBe(200);
    expect(Object.keys(payload)).toEqual(["time", ...points]);
  });

  it("naming points in another way is refused", async () => {
    const { status, message } = await form("point_names[a]=TRooAir_y&start_time=0&final_time=1");
    expect(status).toBe(400);
    expect(message).toContain("point_names");
  });

  it("carries inputs, steps and times as strings", async () => {
    const type = "application/x-www-form-urlencoded; charset=UTF-8";
    const put = (path: string, raw: string) =>
      call("PUT", `/${path}/${testid}`, { raw, headers: { "content-type": type } });
    expect((await put("step", "step=%2030")).payload).toEqual({ step: 30 });
    expect((await put("initialize", "start_time=60&warmup_period=30")).payload).toMatchObject({ time: 60 });
    const { payload } = await call("POST", `/advance/${testid}`, {
      form: { oveAct_u: "1e2", oveAct_activate: "True" },
    });
    expect(payload).toMatchObject({ time: 90, oveAct_u: 100, oveAct_activate: 1 });
  });
});

describe("a body over 1 MB", () => {
  const padded = (bytes: number) => `{"step": 60}${" ".repeat(bytes - 12)}`;

  it("is 413, as text and as base64; one of exactly 1 MB is read", async () => {
    for (const type of ["application/json", "application/x-unknown"]) {
      const headers = { "content-type": type };
      const put = (bytes: number) => call("PUT", `/step/${testid}`, { raw: padded(bytes), headers });
      expect((await put(MAX_BODY_BYTES)).status).toBe(200);
      const { status, message } = await put(MAX_BODY_BYTES + 1);
      expect(status).toBe(413);
      expect(message).toContain("1048577");
    }
  });

  it("counts bytes, not characters", async () => {
    const raw = `{"step": 60, "ä": "${"ä".repeat(MAX_BODY_BYTES / 2)}"}`;
    expect((await call("PUT", `/step/${testid}`, { raw, headers: JSON_TYPE })).status).toBe(413);
  });

  it("changes nothing, and what comes after it is answered", async () => {
    const before = await stateOf(cloud(), testid);
    await call("POST", `/advance/${testid}`, { raw: padded(3_000_000), headers: JSON_TYPE });
    expect(await stateOf(cloud(), testid)).toEqual(before);
    expect((await call("POST", `/advance/${testid}`)).status).toBe(200);
  });
});

describe("what is written to slow a reader down", () => {
  it.each([
    ["an endless string of escaped quotes", `{"a": NaN, "b": "${'\\"'.repeat(500_000)}`],
    ["a million quotes", `{"a": NaN, "b": ${'"'.repeat(1_000_000)}`],
    ["a million minus signs", `{"a": NaN, "b": ${"-".repeat(1_000_000)}}`],
    ["a number of a million digits, as a string", `{"step": "${"1".repeat(1_000_000)}"}`],
    ["blanks without end, as a number", `{"step": "${" ".repeat(1_000_000)}"}`],
    ["a hundred thousand fields", `{${Array.from({ length: 70_000 }, (_, i) => `"f${i}":NaN`).join(",")}}`],
  ])("%s is refused at once", async (_what, raw) => {
    const startedAt = performance.now();
    for (const [method, path] of [
      ["PUT", "step"],
      ["POST", "advance"],
    ] as const) {
      expect((await call(method, `/${path}/${testid}`, { raw, headers: JSON_TYPE })).status).toBe(400);
    }
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
