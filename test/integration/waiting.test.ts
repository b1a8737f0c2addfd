import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { clientOf } from "../support/client.ts";
import { until, untilQuiet, useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

const WAIT_MS = 400;
const cloud = useCloud({ environment: { INLINE_MS: "0", WAIT_MS: String(WAIT_MS) } });
const { call, selectTest } = clientOf(cloud);

const ASYNC = { prefer: "respond-async" };
const manual = "manual" as const;

let testid: string;
beforeEach(async () => {
  testid = await selectTest();
});
afterEach(() => {
  cloud().doorbells.release();
});

const hold = () => cloud().doorbells.hold();
const release = () => cloud().doorbells.release();
const timeOf = async () => (await call<{ time: number }>("GET", `/points/${testid}`)).payload.time;
const locationOf = (answer: { headers: Headers }) => answer.headers.get("location") ?? "";

/** Asks where the answer will be until it is there. */
const answered = (location: string) =>
  until("an answer", async () => {
    const answer = await call("GET", location);
    return answer.status === 202 ? undefined : answer;
  });

describe("a call that takes longer than the wait", () => {
  it("is sent on with 303, again and again, counting the attempts", async () => {
    hold();
    const first = await call("POST", `/advance/${testid}`, { redirect: manual });
    expect(first.status).toBe(303);
    expect(locationOf(first)).toMatch(new RegExp(`^/requests/${testid}/\\d+-\\d+\\?wait=1&attempt=1$`));
    // A person, or a client that follows no redirects, is told how to go on.
    const location = locationOf(first);
    const [poll = ""] = location.split("&");
    expect(first.json).toEqual({
      status: 303,
      message: expect.stringMatching(/do not send it again.*GET http.*Without redirects, GET http/),
      payload: null,
      method: "GET",
      url: cloud().url + location,
      poll: cloud().url + poll,
    });
    expect((await call("GET", poll)).status).toBe(202);
    const second = await call("GET", locationOf(first), { redirect: manual });
    expect(second.status).toBe(303);
    expect(locationOf(second)).toBe(locationOf(first).replace("attempt=1", "attempt=2"));
    release();
    const { status, payload } = await call("GET", locationOf(second));
    expect([status, payload]).toMatchObject([200, { time: 60 }]);
    expect(await timeOf()).toBe(60);
  });

  it("ends well for an ordinary client, which follows without knowing", async () => {
    hold();
    const calling = call("PUT", `/initialize/${testid}`, { body: { start_time: 600, warmup_period: 60 } });
    // It has been sent on, has followed, and waits there.
    await until("the client to follow", () => {
      const events = cloud()
        .host.busy("api")
        .flatMap(({ running }) => running.map(({ event }) => JSON.stringify(event)));
      return events.some((event) => event.includes(`/requests/${testid}/`)) ? true : undefined;
    });
    release();
    expect(await calling).toMatchObject({ status: 200, payload: { time: 600 } });
  });

  it("may go on with any method: some clients keep theirs after a 303", async () => {
    const asked = await call("POST", `/advance/${testid}`, { headers: ASYNC });
    const location = locationOf(asked);
    await answered(location);
    for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
      expect((await call(method, location)).payload, method).toMatchObject({ time: 60 });
    }
    expect(await timeOf()).toBe(60);
  });

  it("is sent on from select as well, to the same bare answer", async () => {
    hold();
    const sent = await call("POST", "/testcases/testcase1/select", { redirect: manual });
    expect(sent.status).toBe(303);
    release();
    const { status, json } = await call("GET", locationOf(sent));
    expect(status).toBe(200);
    const selected = (json as { testid: string }).testid;
    expect(locationOf(sent)).toContain(`/requests/${selected}/`);
    expect((await call("GET", `/status/${selected}`)).json).toBe("Running");
  });
});

describe("Prefer", () => {
  it("respond-async is answered 202 at once, with where the answer will be", async () => {
    hold();
    const { status, headers, json } = await call("POST", `/advance/${testid}`, { headers: ASYNC });
    expect(status).toBe(202);
    expect(headers.get("location")).toMatch(new RegExp(`^/requests/${testid}/\\d+-\\d+$`));
    expect(headers.get("retry-after")).toBe("1");
    expect(headers.get("preference-applied")).toBe("respond-async");
    expect(json).toMatchObject({ status: 202, payload: null });

    const polled = await call("GET", headers.get("location") ?? "");
    expect([polled.status, polled.headers.get("retry-after")]).toEqual([202, "1"]);
    release();
    expect((await answered(headers.get("location") ?? "")).payload).toMatchObject({ time: 60 });
  });

  it("wait=0 sends on without waiting; a wait beyond the service's own is cut to that", async () => {
    hold();
    const startedAt = performance.now();
    const none = await call("POST", `/advance/${testid}`, { headers: { prefer: "wait=0" }, redirect: manual });
    expect(none.status).toBe(303);
    expect(none.headers.get("preference-applied")).toBe("wait=0");
    const long = await call("POST", `/advance/${testid}`, { headers: { prefer: "wait=9999" }, redirect: manual });
    expect(long.status).toBe(303);
    expect(performance.now() - startedAt).toBeLessThan(WAIT_MS + 5_000);
  });

  it("respond-async with wait answers 200 if it is done by then, else 202", async () => {
    const both = { prefer: "respond-async, wait=20" };
    hold();
    const late = await call("POST", `/advance/${testid}`, { headers: both });
    expect([late.status, late.headers.get("preference-applied")]).toEqual([202, "respond-async, wait=20"]);
    release();
    await answered(locationOf(late));
    // A call that is repeated finds its answer there.
    const headers = { ...both, "idempotency-key": "by-then" };
    await answered(locationOf(await call("POST", `/advance/${testid}`, { headers: { ...headers, ...ASYNC } })));
    expect((await call("POST", `/advance/${testid}`, { headers })).status).toBe(200);
  });

  it("with what it does not know is ignored", async () => {
    const { status, headers } = await call("POST", `/advance/${testid}`, {
      headers: { prefer: 'handling=lenient, wait=soon, x="y"' },
    });
    expect([status, headers.get("preference-applied")]).toEqual([200, null]);
  });

  it("respond-async on select tells the test id and where to wait", async () => {
    const { status, headers, json } = await call("POST", "/testcases/testcase1/select", { headers: ASYNC });
    expect(status).toBe(202);
    const { testid: selected } = json as { testid: string };
    expect((await answered(headers.get("location") ?? "")).json).toEqual({ testid: selected });
  });
});

describe("/requests/{testid}/{requestid}", () => {
  it("gives an answer with the status that it has", async () => {
    const { headers } = await call("POST", `/advance/${testid}`, { headers: ASYNC, body: { nonsense_u: 1 } });
    const { status, json } = await answered(headers.get("location") ?? "");
    expect(status).toBe(400);
    expect(json).toMatchObject({ status: 400, message: expect.stringContaining("nonsense_u"), payload: null });
  });

  it("is 410 for an answer that is not kept any more", async () => {
    const location = locationOf(await call("POST", `/advance/${testid}`, { headers: ASYNC }));
    await answered(location);
    await redisOf(cloud()).command(["XTRIM", keys.response(testid), "MAXLEN", 0]);
    expect((await call("GET", location)).status).toBe(410);
  });

  it("is 404 for what is no request id, or was never given out", async () => {
    for (const id of ["nonsense", "1-1", "-", "%24", "9999999999999-0", "99999999999999999999-0", "1700000000000"]) {
      expect((await call("GET", `/requests/${testid}/${id}`)).status, id).toBe(404);
    }
    const unknown = await call("GET", `/requests/${randomUUID()}/1700000000000-0`);
    expect(unknown.status).toBe(404);
    expect((await call("GET", "/requests/nonsense/1700000000000-0")).status).toBe(400);
  });

  it("refuses parameters that are no whole numbers", async () => {
    const location = locationOf(await call("POST", `/advance/${testid}`, { headers: ASYNC }));
    for (const query of ["wait=soon", "wait=-1", "attempt=1.5"]) {
      const { status, message } = await call("GET", `${location}?${query}`);
      expect(status).toBe(400);
      expect(message).toContain(query.split("=")[0]);
    }
  });

  it("tells those who wait that their test was stopped", async () => {
    hold();
    const locations = [];
    for (let i = 0; i < 3; i++) {
      locations.push(locationOf(await call("POST", `/advance/${testid}`, { headers: ASYNC })));
    }
    await call("PUT", `/stop/${testid}`);
    for (const location of locations) {
      const { status, message } = await call("GET", location);
      expect([status, message]).toEqual([400, expect.stringContaining("stopped")]);
    }
  });
});

describe("past 64 unanswered requests", () => {
  it("is 429 with Retry-After, and those before are answered in order", async () => {
    hold();
    const locations: string[] = [];
    for (let i = 0; i < 64; i++) {
      const { status, headers } = await call("POST", `/advance/${testid}`, { headers: ASYNC });
      expect(status).toBe(202);
      locations.push(headers.get("location") ?? "");
    }
    const refused = await call("POST", `/advance/${testid}`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.message).toMatch(/64/);
    release();
    for (const [i, location] of locations.entries()) {
      expect((await answered(location)).payload).toMatchObject({ time: 60 * (i + 1) });
    }
    expect((await call("POST", `/advance/${testid}`)).status).toBe(200);
  });
});

describe("a Queued test", () => {
  let queued: string;
  beforeEach(async () => {
    hold();
    queued = ((await call("POST", "/testcases/testcase1/select-async")).json as { testid: string }).testid;
  });

  it("answers what its test case alone tells", async () => {
    expect((await call("GET", `/status/${queued}`)).json).toBe("Queued");
    expect((await call("GET", `/name/${queued}`)).payload).toEqual({ name: "testcase1" });
    expect((await call("GET", `/inputs/${queued}`)).payload).toHaveProperty("oveAct_u");
    expect((await call("GET", `/measurements/${queued}`)).payload).toHaveProperty("TRooAir_y");
    expect((await call("GET", `/step/${queued}`)).payload).toBe(60);
  });

  it("answers the rest with 409 and Retry-After", async () => {
    const results = { point_names: ["TRooAir_y"], start_time: 0, final_time: 1 };
    for (const [method, path, body] of [
      ["GET", "points", undefined],
      ["GET", "kpi", undefined],
      ["PUT", "results", results],
    ] as const) {
      const { status, headers, json } = await call(method, `/${path}/${queued}`, { body });
      expect(status, path).toBe(409);
      expect(headers.get("retry-after")).toBe("1");
      expect(json).toMatchObject({ status: 409, payload: null });
    }
  });

  it("queues commands up behind its start", async () => {
    const advance = await call("POST", `/advance/${queued}`, { headers: ASYNC });
    const step = await call("PUT", `/step/${queued}`, { headers: ASYNC, body: { step: 30 } });
    expect([advance.status, step.status]).toEqual([202, 202]);
    release();
    expect((await answered(locationOf(advance))).payload).toMatchObject({ time: 60 });
    expect((await answered(locationOf(step))).payload).toEqual({ step: 30 });
  });
});

describe("queries", () => {
  it("wake no worker", async () => {
    const sent = () => cloud().storage.counts().SendMessage ?? 0;
    await untilQuiet(cloud());
    const before = sent();
    const results = { point_names: ["TRooAir_y"], start_time: 0, final_time: 1 };
    for (const path of ["status", "name", "inputs", "measurements", "points", "step", "kpi"]) {
      expect((await call("GET", `/${path}/${testid}`)).status).toBe(200);
      expect(cloud().host.busy("worker")).toEqual([]);
    }
    expect((await call("PUT", `/results/${testid}`, { body: results })).status).toBe(200);
    expect(sent()).toBe(before);
    expect(cloud().doorbells.depth()).toEqual({ visible: 0, inFlight: 0 });
  });
});
