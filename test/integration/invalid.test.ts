import { beforeAll, describe, expect, it } from "vitest";
import { type CallOptions, clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { stateOf } from "../support/state.ts";

const cloud = useCloud();
const { call, selectTest } = clientOf(cloud);

let testid: string;
beforeAll(async () => {
  testid = await selectTest();
  await call("POST", `/advance/${testid}`, { body: { oveAct_u: 1000, oveAct_activate: 1 } });
});

/** What is sent, and what the message must name: the field, and the value or what is allowed. */
type Case = readonly [CallOptions, ...(string | RegExp)[]];

const json = (body: unknown): CallOptions => ({ body });
const raw = (text: string): CallOptions => ({ raw: text, headers: { "content-type": "application/json" } });

const seconds = /number of seconds/;
const CASES: Readonly<Record<string, readonly Case[]>> = {
  "PUT /initialize": [
    [{}, "start_time", "missing", seconds],
    [json({}), "start_time", "missing"],
    [json({ start_time: 0 }), "warmup_period", "missing"],
    [json({ warmup_period: 0 }), "start_time", "missing"],
    [json({ start_time: null, warmup_period: 0 }), "start_time", "null"],
    [json({ start_time: "5*60", warmup_period: 0 }), "start_time", "5*60", seconds],
    [json({ start_time: "", warmup_period: 0 }), "start_time", '""'],
    [json({ start_time: "0x10", warmup_period: 0 }), "start_time", "0x10"],
    [json({ start_time: -1, warmup_period: 0 }), "start_time", "-1", "from 0"],
    [json({ start_time: "-1", warmup_period: 0 }), "start_time", "-1"],
    [json({ start_time: 0, warmup_period: -0.5 }), "warmup_period", "-0.5"],
    [json({ start_time: 0, warmup_period: "invalid" }), "warmup_period", "invalid"],
    [json({ start_time: true, warmup_period: 0 }), "start_time", "true"],
    [json({ start_time: [0], warmup_period: 0 }), "start_time", "[0]"],
    [json({ start_time: 0, warmup_period: {} }), "warmup_period", "{}"],
    [json({ start_time: 1e300, warmup_period: 0 }), "start_time", "1e+300", "3153600000"],
    [json({ start_time: 0, warmup_period: 31_536_001 }), "warmup_period", "31536000"],
    [raw('{"start_time": Infinity, "warmup_period": 0}'), "start_time", "Infinity"],
    [raw('{"start_time": NaN, "warmup_period": 0}'), "start_time", "NaN"],
    [raw('{"start_time": 1e999, "warmup_period": 0}'), "start_time", "Infinity"],
    [json({ start_time: 10, warmup_period: 0, final_time: 5 }), "final_time", "5", "not below start_time"],
    [json({ start_time: 10, warmup_period: 0, final_time: "soon" }), "final_time", "soon"],
    [{ form: { start_time: "abc", warmup_period: "0" } }, "start_time", "abc"],
  ],
  "PUT /step": [
    [{}, "step", "missing"],
    [json({ step: null }), "step", "null"],
    [json({ step: -60 }), "step", "-60", "from 0"],
    [json({ step: "one hour" }), "step", "one hour", seconds],
    [json({ step: "" }), "step", '""'],
    [json({ step: [60] }), "step", "[60]"],
    [json({ step: false }), "step", "false"],
    [raw('{"step": Infinity}'), "step", "Infinity"],
    [raw('{"step": NaN}'), "step", "NaN"],
    [{ form: { step: "5*60" } }, "step", "5*60"],
  ],
  "POST /advance": [
    [json({ unknown_u: 1 }), "unknown_u", "oveAct_u", "oveAct_activate"],
    [json({ TRooAir_y: 300 }), "TRooAir_y"],
    [json({ oveAct_u: 100, oveAct_activate: 1, other_u: 5 }), "other_u"],
    [json({ oveAct_u: "invalid", oveAct_activate: 1 }), "oveAct_u", "invalid", "number"],
    [json({ oveAct_u: "" }), "oveAct_u", '""'],
    [json({ oveAct_u: [1] }), "oveAct_u", "[1]"],
    [json({ oveAct_u: {} }), "oveAct_u", "{}"],
    [raw('{"oveAct_u": NaN}'), "oveAct_u", "NaN"],
    [json({ oveAct_activate: 1.2 }), "oveAct_activate", "1.2", "0 or 1"],
    [json({ oveAct_activate: "1.2" }), "oveAct_activate", "1.2", "0 or 1"],
    [json({ oveAct_activate: "invalid" }), "oveAct_activate", "invalid"],
    [json({ oveAct_activate: 2 }), "oveAct_activate", "2"],
    [json({ oveAct_activate: -1 }), "oveAct_activate", "-1"],
    [json({ oveAct_activate: "TRUE" }), "oveAct_activate", "TRUE"],
    [json({ oveAct_activate: "" }), "oveAct_activate", '""'],
    [json({ oveAct_u: 5, oveAct_activate: "yes" }), "oveAct_activate", "yes"],
    [{ form: { oveAct_u: "1e3", oveAct_activate: "invalid" } }, "oveAct_activate", "invalid"],
  ],
  "PUT /results": [
    [{}, "point_names", "list of point names"],
    [json({ point_names: "nope", start_time: 0, final_time: 60 }), "point_names", "nope", "PHeaCoo_y"],
    [json({ point_names: { a: 1 }, start_time: 0, final_time: 60 }), "point_names", '{"a":1}'],
    [json({ point_names: [1], start_time: 0, final_time: 60 }), "point_names", "[1]"],
    [json({ point_names: [["TRooAir_y"]], start_time: 0, final_time: 60 }), "point_names"],
    [json({ point_names: null, start_time: 0, final_time: 60 }), "point_names", "null"],
    [
      json({ point_names: ["TRooAir_y", "nope", "neither"], start_time: 0, final_time: 60 }),
      "nope",
      "neither",
      "PHeaCoo_y",
    ],
    [json({ point_names: ["TRooAir_y"], final_time: 60 }), "start_time"],
    [json({ point_names: ["TRooAir_y"], start_time: 0 }), "final_time"],
    [json({ point_names: ["TRooAir_y"], start_time: "now", final_time: 60 }), "start_time", "now", seconds],
    [json({ point_names: ["TRooAir_y"], start_time: 0, final_time: "" }), "final_time", '""'],
    [json({ point_names: ["TRooAir_y"], start_time: 0, final_time: false }), "final_time", "false"],
    [raw('{"point_names": ["TRooAir_y"], "start_time": NaN, "final_time": 60}'), "start_time", "NaN"],
  ],
};

/** Bodies that no endpoint takes. */
const NO_BODIES: readonly Case[] = [
  // An empty list is no object either; of advance, it is no step.
  [raw("[]"), /JSON object|list of steps is empty/],
  [raw('"step"'), "JSON object"],
  [raw("42"), "JSON object"],
  [raw("NaN"), "JSON object"],
  [raw("{step: 60}"), "not valid JSON"],
  [raw('{"step": 60'), "not valid JSON"],
  [raw('{"step": 60}}'), "not valid JSON"],
  [raw("{'step': 60}"), "not valid JSON"],
  [raw('{"step": +Infinity}'), "not valid JSON"],
];

for (const [route, cases] of Object.entries(CASES)) {
  const [method = "", path = ""] = route.split(" ");
  describe(`${route}/{testid}`, () => {
    it.each([...cases, ...NO_BODIES].map((each) => ({ sent: JSON.stringify(each[0]), each })))(
      "refuses $sent",
      async ({ each: [options, ...expected] }) => {
        const before = await stateOf(cloud(), testid);
        const { status, json: answer, message } = await call(method, `${path}/${testid}`, options);
        expect(status).toBe(400);
        expect(answer).toEqual({ status: 400, message, payload: null });
        for (const part of expected) expect(message).toMatch(part);
        expect(await stateOf(cloud(), testid)).toEqual(before);
      },
    );
  });
}

describe("an unknown test", () => {
  const ROUTES = [
    "GET /status",
    "GET /name",
    "GET /inputs",
    "GET /measurements",
    "GET /points",
    "GET /step",
    "PUT /step",
    "PUT /initialize",
    "POST /advance",
    "PUT /results",
    "GET /kpi",
    "PUT /stop",
    "GET /forecast_points",
    "PUT /forecast",
    "GET /scenario",
    "PUT /scenario",
    "POST /submit",
  ] as const;
  const BODY = {
    "PUT /step": { step: 1 },
    "PUT /initialize": { start_time: 0, warmup_period: 0 },
    "PUT /results": { point_names: [], start_time: 0, final_time: 1 },
    "PUT /forecast": { point_names: [], horizon: 0, interval: 1 },
    "POST /submit": { api_key: "k" },
  } as Record<string, object>;

  it.each(ROUTES)("is 400 at %s, in BOPTEST's own shape", async (route) => {
    const [method = "", path = ""] = route.split(" ");
    for (const unknown of ["00000000-0000-4000-8000-000000000000", "nonsense", "__proto__", testid.toUpperCase()]) {
      // Whatever else may be wrong with the request.
      const bodies: CallOptions[] = [{ body: BODY[route] }, ...(method === "GET" ? [] : [{}, raw("no JSON")])];
      for (const body of bodies) {
        const { status, json: answer } = await call(method, `${path}/${unknown}`, body);
        expect(status).toBe(400);
        expect(answer).toMatchObject({ errors: [{ msg: `Invalid testid: ${unknown}`, param: "testid" }] });
      }
    }
  });
});

describe("an unknown test case", () => {
  it.each(["nope", "__proto__", "constructor", "testcase1%20", "TESTCASE1"])("%s is 404", async (id) => {
    for (const verb of ["select", "select-async"]) {
      const { status, headers, json: answer } = await call("POST", `/testcases/${id}/${verb}`);
      expect(status).toBe(404);
      expect(headers.get("content-type")).toBe("application/problem+json");
      expect(answer).toMatchObject({ status: 404, detail: expect.stringContaining("testcase1") });
    }
  });
});

describe("what is valid at the edge", () => {
  it.each([
    ["1", 1],
    ["0", 0],
    ["true", 1],
    ["True", 1],
    ["false", 0],
    ["False", 0],
    [true, 1],
    [false, 0],
    [1, 1],
    [0, 0],
    ["1.0", 1],
    [" 1e0 ", 1],
    [-0, 0],
  ])("_activate takes %j as %d", async (given, expected) => {
    const { status, payload } = await call<Record<string, number>>("POST", `/advance/${testid}`, {
      body: { oveAct_u: 5, oveAct_activate: given },
    });
    expect([status, payload.oveAct_activate]).toEqual([200, expected]);
  });

  it("takes null as if not given", async () => {
    await call("POST", `/advance/${testid}`, { body: { oveAct_u: 77, oveAct_activate: 1 } });
    const { payload } = await call("POST", `/advance/${testid}`, { body: { oveAct_u: null, oveAct_activate: null } });
    expect(payload).toMatchObject({ oveAct_u: 77, oveAct_activate: 1 });
  });

  it("clips infinite values, however they are written", async () => {
    for (const text of [
      '{"oveAct_u": Infinity}',
      '{"oveAct_u": 1e999}',
      '{"oveAct_u": "inf"}',
      '{"oveAct_u": 1e300}',
    ]) {
      const { payload, message } = await call("POST", `/advance/${testid}`, raw(text));
      expect(payload).toMatchObject({ oveAct_u: 10_000 });
      expect(message).toContain("clipped");
    }
  });

  it.each([
    ["3600", 3600],
    [" 1e3 ", 1000],
    ["1_000", 1000],
    [0.5, 0.5],
    ["0", 0],
    [31_536_000, 31_536_000],
  ])("step takes %j", async (given, expected) => {
    expect((await call("PUT", `/step/${testid}`, { body: { step: given } })).payload).toEqual({ step: expected });
    expect((await call("GET", `/step/${testid}`)).payload).toBe(expected);
  });
});
