import { beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

const cloud = useCloud({ workers: 1 });
const { call, selectTest } = clientOf(cloud);
let testid: string;

beforeAll(async () => {
  testid = await selectTest();
});

const BODY_BYTES = 920_000;
const MAX_ANSWER_BYTES = 8192;

/** Names that take as much room as a body has: many short ones, or a few that are long in every way text can be. */
const names = {
  "many short names": Array.from({ length: 85_000 }, (_, i) => `p${i}`),
  "a few long names": Array.from({ length: 9 }, (_, i) => `${i}`.repeat(BODY_BYTES / 10)),
  "long names of quotes": Array.from({ length: 40 }, (_, i) => `${i}${'"\\'.repeat(BODY_BYTES / 200)}`),
  "long names of control characters": Array.from({ length: 40 }, (_, i) => `${i}${"\u0001".repeat(BODY_BYTES / 300)}`),
  "long names of three-byte letters": Array.from({ length: 40 }, (_, i) => `${i}${"建".repeat(BODY_BYTES / 150)}`),
};
const inputsOf = (list: readonly string[], value: unknown = 1) =>
  Object.fromEntries(list.map((name) => [name, value] as const));
const long = "9".repeat(BODY_BYTES);
const deep = "[".repeat(5000) + "]".repeat(5000);

/** What comes of each: a refusal that is short, however much it refuses. */
async function expectShortRefusal(method: string, path: string, body: unknown): Promise<void> {
  const raw = typeof body === "string" ? body : JSON.stringify(body);
  expect(Buffer.byteLength(raw)).toBeLessThanOrEqual(1024 * 1024);
  const headers = { "content-type": "application/json" };
  const { status, text, message } = await call(method, `/${path}/${testid}`, { raw, headers });
  expect([status, message]).toEqual([400, expect.stringMatching(/./)]);
  expect(Buffer.byteLength(text)).toBeLessThan(MAX_ANSWER_BYTES);
}

describe.each(Object.entries(names))("a body of %s", (_, list) => {
  it.each([
    ["POST", "advance", inputsOf(list)],
    ["POST", "advance", inputsOf(list, {})],
    ["POST", "rollout", { inputs: [inputsOf(list)] }],
    ["POST", "rollout", { inputs: [{}], points: list }],
    ["PUT", "results", { point_names: list, start_time: 0, final_time: 1 }],
    ["PUT", "forecast", { point_names: list, horizon: 3600, interval: 3600 }],
    ["PUT", "scenario", { electricity_price: list }],
    ["PUT", "scenario", { time_period: list.join("") }],
  ])("%s %s is refused in few words", expectShortRefusal);
});

describe("a value as long as a body", () => {
  it.each([
    ["POST", "advance", { oveAct_u: long }],
    ["POST", "advance", { oveAct_activate: long }],
    ["POST", "advance", { oveAct_u: [long] }],
    ["POST", "advance", `{"oveAct_u":${deep}}`],
    ["PUT", "step", { step: long }],
    ["PUT", "initialize", { start_time: long, warmup_period: 0 }],
    ["PUT", "initialize", { start_time: 0, warmup_period: [long] }],
    ["PUT", "results", { point_names: long, start_time: 0, final_time: 1 }],
    ["PUT", "results", { point_names: [], start_time: long, final_time: 1 }],
    ["PUT", "forecast", { point_names: [], horizon: long, interval: 1 }],
    ["PUT", "scenario", { seed: long }],
    ["POST", "submit", { api_key: [long] }],
    ["POST", "submit", { api_key: "k", [`tag${long}`]: 1 }],
    ["POST", "advance", `{"oveAct_u":${long}`],
  ])("%s %s is refused in few words", expectShortRefusal);
});

describe("the refusals", () => {
  it("tell the first names, how many more there are, and what is allowed", async () => {
    const { message } = await call("POST", `/advance/${testid}`, {
      body: inputsOf(names["many short names"].slice(0, 2000)),
    });
    expect(message).toContain('"p0", "p1", ');
    expect(message).toContain('"p19" and 1,980 more');
    expect(message).toContain('"oveAct_u", "oveAct_activate"');
    expect(message).not.toContain("p20");
  });

  it("are as short where they are kept", async () => {
    const kept = await redisOf(cloud()).command(["XRANGE", keys.response(testid), "-", "+"]);
    for (const entry of kept as unknown[]) expect(JSON.stringify(entry).length).toBeLessThan(MAX_ANSWER_BYTES);
  });

  it("change nothing", async () => {
    const { payload } = await call<{ time: number }>("GET", `/points/${testid}`);
    expect(payload.time).toBe(0);
  });
});
