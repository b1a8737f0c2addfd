import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { answerOf } from "../support/disturbed-test.ts";
import { stateOf } from "../support/state.ts";

const cloud = useCloud({ environment: { INLINE_MS: "0" } });
const client = clientOf(cloud);
const { call, selectTest } = client;

const ASYNC = { prefer: "respond-async" };

let testid: string;
beforeEach(async () => {
  testid = await selectTest();
});
afterEach(() => {
  cloud().doorbells.release();
});

const timeOf = async () => (await call<{ time: number }>("GET", `/points/${testid}`)).payload.time;
const locationOf = (answer: { headers: Headers }) => answer.headers.get("location") ?? "";

describe("Idempotency-Key", () => {
  const advance = (key: string, body: object = {}) =>
    call("POST", `/advance/${testid}`, { headers: { "idempotency-key": key }, body });

  it("gives a retried call the first call's answer, and advances nothing twice", async () => {
    const key = `"${randomUUID()}"`;
    const first = await advance(key, { oveAct_u: 50, oveAct_activate: 1 });
    const second = await advance(key, { oveAct_u: 50, oveAct_activate: 1 });
    expect(first.status).toBe(200);
    expect(second.text).toBe(first.text);
    expect(await timeOf()).toBe(60);
    // Quoted or bare, it is the same key.
    expect((await advance(key.slice(1, -1), { oveAct_u: 50, oveAct_activate: 1 })).text).toBe(first.text);
    expect(await timeOf()).toBe(60);
  });

  it("makes ten calls at once one", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => advance("at-once")));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await timeOf()).toBe(60);
  });

  it("finds a request that is still unanswered", async () => {
    cloud().doorbells.hold();
    const headers = { ...ASYNC, "idempotency-key": "pending" };
    const first = await call("POST", `/advance/${testid}`, { headers });
    const second = await call("POST", `/advance/${testid}`, { headers });
    expect(locationOf(second)).toBe(locationOf(first));
    cloud().doorbells.release();
    await answerOf(client, locationOf(first));
    expect(await timeOf()).toBe(60);
  });

  it("repeats refusals too", async () => {
    const first = await advance("bad", { oveAct_activate: "x" });
    expect(first.status).toBe(400);
    expect((await advance("bad", { oveAct_activate: "x" })).text).toBe(first.text);
  });

  it("with another body, path or method is 422", async () => {
    await advance("used");
    const before = await stateOf(cloud(), testid);
    const others = [
      await advance("used", { oveAct_u: 1 }),
      await call("PUT", `/step/${testid}`, { headers: { "idempotency-key": "used" }, body: { step: 60 } }),
    ];
    for (const { status, message } of others) {
      expect(status).toBe(422);
      expect(message).toContain("Idempotency-Key");
    }
    expect(await stateOf(cloud(), testid)).toEqual(before);
  });

  it("of another test is another key", async () => {
    await advance("shared");
    const other = await selectTest();
    const { payload } = await call("POST", `/advance/${other}`, { headers: { "idempotency-key": "shared" } });
    expect(payload).toMatchObject({ time: 60 });
  });

  it("must have 1 to 255 visible characters", async () => {
    const before = await stateOf(cloud(), testid);
    for (const key of ['""', "", "a b", `"${"k".repeat(256)}"`, "tab\tinside"]) {
      for (const [method, path, body] of [
        ["POST", "advance", {}],
        ["PUT", "step", { step: 5 }],
        ["PUT", "stop", {}],
      ] as const) {
        const { status, message } = await call(method, `/${path}/${testid}`, {
          headers: { "idempotency-key": key },
          body,
        });
        expect([status, message]).toEqual([400, expect.stringContaining("Idempotency-Key")]);
      }
    }
    expect(await stateOf(cloud(), testid)).toEqual(before);
    expect((await advance("k".repeat(255))).status).toBe(200);
  });

  it("on select makes one test of two calls; without an account it must be a UUID", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const first = await call("POST", "/testcases/testcase1/select", { headers });
    const second = await call("POST", "/testcases/testcase1/select", { headers });
    const third = await call("POST", "/testcases/testcase1/select-async", { headers });
    expect(second.json).toEqual(first.json);
    expect(third.status).toBe(422);
    const other = await call("POST", "/testcases/testcase3/select", { headers });
    expect(other.status).toBe(422);
    const bad = await call("POST", "/testcases/testcase1/select", { headers: { "idempotency-key": "guessable" } });
    expect([bad.status, bad.json]).toMatchObject([400, { detail: expect.stringContaining("UUID") }]);
  });

  it("on stop makes a retried stop OK again", async () => {
    const headers = { "idempotency-key": "stop-once" };
    expect((await call("PUT", `/stop/${testid}`, { headers })).text).toBe("OK");
    expect((await call("PUT", `/stop/${testid}`, { headers })).text).toBe("OK");
    expect((await call("PUT", `/stop/${testid}`)).status).toBe(400);
  });
});
