import { describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { redisOf } from "../support/state.ts";

const KEY = "limits-key-0123456789abcdef0123456789";
const cloud = useCloud({
  workers: 2,
  accounts: [{ name: "ann", key: KEY, privileged: false }],
  environment: {
    TEST_REQUESTS_PER_SECOND: "1",
    TEST_REQUEST_BURST: "4",
    TEST_HOLD_MS: "2000",
    TESTS_PER_ACCOUNT: "2",
    TESTS_PER_ADDRESS: "3",
    INLINE_MS: "0",
  },
});
const client = clientOf(cloud);
const { call } = client;
const selectAs = (authorization?: string) =>
  call<unknown>("POST", "/testcases/testcase1/select", { headers: authorization ? { authorization } : {} });
const testidOf = ({ json }: { json: unknown }) => (json as { testid: string }).testid;

describe("requests for one test", () => {
  it("are answered up to a burst in each process, a few more held back, the others 429 with the time to come back", async () => {
    const unknown = crypto.randomUUID();
    // Two processes at most, each with a bucket of its own: 4 at once, and 2 that are held back for up to 2 s.
    const answers = await Promise.all(Array.from({ length: 24 }, () => call("GET", `/status/${unknown}`)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(8);
    expect(answers.filter(({ status }) => status === 400).length).toBeGreaterThanOrEqual(6);
    for (const { headers, message } of refused) {
      expect(message).toBe("Too many requests for this test: 1 per second are allowed.");
      // A client of the API of such a test in this process would wait for 3 tokens: two are given away already.
      expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
      expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(3);
      expect(headers.get("ratelimit-policy")).toBe('"test";q=4;w=4');
      expect(headers.get("ratelimit")).toMatch(/^"test";r=0;t=[1-3]$/);
    }
    const [passed] = answers.filter(({ status }) => status === 400);
    expect(passed?.headers.get("ratelimit")).toMatch(/^"test";r=[0-3];t=[1-4]$/);
    // A client that says that it does not wait is refused at once.
    const impatient = await Promise.all(
      Array.from({ length: 10 }, () => call("GET", `/status/${unknown}`, { headers: { prefer: "wait=0" } })),
    );
    expect(impatient.some(({ status }) => status === 429)).toBe(true);
    // Another test is not held up by it.
    expect((await call("GET", `/status/${crypto.randomUUID()}`)).status).toBe(400);
  });
});

describe("many tests by one select", () => {
  const many = (how: string, body: unknown, headers: Record<string, string> = {}) =>
    call("POST", `/testcases/testcase1/${how}`, { body, headers: { authorization: KEY, ...headers } });
  const open = async () =>
    (await call("GET", "/users/ann/tests", { headers: { authorization: KEY } })).json as string[];

  it("are all there, or none; the same ones under the same key", async () => {
    const key = { "idempotency-key": crypto.randomUUID() };
    const refused = await many("select", { count: 3 }, key);
    expect(refused.status).toBe(429);
    expect(refused.text).toContain("The call asks for 3 more.");
    expect(await open()).toEqual([]);

    const { status, json } = await many("select", { count: 2 }, { "idempotency-key": "two" });
    const { testid, testids } = json as { testid: string; testids: string[] };
    expect({ status, first: testids[0], open: new Set(await open()) }).toEqual({
      status: 200,
      first: testid,
      open: new Set(testids),
    });
    for (const each of testids) expect((await call("GET", `/status/${each}`)).json).toBe("Running");
    expect((await many("select", { count: 2 }, { "idempotency-key": "two" })).json).toEqual(json);
    expect((await many("select-async", { count: 1 })).status).toBe(429);
    for (const each of testids) await call("PUT", `/stop/${each}`);
  });

  it("are waited for as one is: 202 with their ids at once, then the place that answers when all run; or 303 to it", async () => {
    const told = await many("select", { count: 2 }, { prefer: "respond-async" });
    expect([told.status, told.headers.get("preference-applied")]).toEqual([202, "respond-async"]);
    const { testids } = told.json as { testids: string[] };
    const place = told.headers.get("location") ?? "";
    const found = await call("GET", `${place}?wait=25`);
    expect({ status: found.status, json: found.json }).toEqual({ status: 200, json: told.json });
    for (const each of testids) expect((await call("GET", `/status/${each}`)).json).toBe("Running");
    // A test that is stopped takes no other with it.
    for (const each of testids) await call("PUT", `/stop/${each}`);
    expect((await call("GET", place)).json).toEqual(told.json);

    const sent = await many("select", { count: 2 }, { prefer: "wait=0" });
    const { testids: both } = sent.json as { testids: string[] };
    expect([sent.status, both.length]).toEqual([200, 2]);
    for (const each of both) expect((await call("GET", `/status/${each}`)).json).toBe("Running");
    for (const each of both) await call("PUT", `/stop/${each}`);
  });

  it("are none where one cannot start", async () => {
    const { testids } = (await many("select", { count: 2 })).json as { testids: string[] };
    const failed = JSON.stringify({ status: 500, message: "The request start was given up.", payload: null });
    const items = testids.map((testid, i) => ({
      responseid: testid,
      testid,
      method: "start",
      ...(i === 0 ? { answer: JSON.stringify({ testid }) } : { answer: failed }),
    }));
    const batchid = crypto.randomUUID();
    const redis = redisOf(cloud());
    await redis.command(["SET", keys.batch(batchid), JSON.stringify({ batchid, items, isSelect: true })]);
    const { status, text } = await call("GET", `/batches/${batchid}`);
    expect([status, text]).toEqual([500, failed]);
    expect(await open()).toEqual([]);
  });

  it("are a whole number that is not too large; of a body without one nothing is read", async () => {
    for (const count of [0, 1.5, "many", true, [2]]) expect((await many("select", { count })).status).toBe(400);
    expect((await many("select", { count: 257 })).status).toBe(413);
    expect(await open()).toEqual([]);
    const { json } = await many("select-async", ["count"]);
    expect(Object.keys(json as object)).toEqual(["testid"]);
    await call("PUT", `/stop/${(json as { testid: string }).testid}`);
  });
});

describe("open tests", () => {
  it("of an address without an account are so many, then 429 until one is stopped", async () => {
    const open = [await selectAs(), await selectAs(), await selectAs()];
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200]);
    const fourth = await selectAs();
    expect(fourth.status).toBe(429);
    expect(fourth.headers.get("retry-after")).toBe("60");
    expect(fourth.json).toMatchObject({
      detail: "Without an account, this address has 3 open tests, and may have 3. Stop one first.",
    });
    const [first] = open;
    if (first) expect((await call("PUT", `/stop/${testidOf(first)}`)).status).toBe(200);
    const again = await selectAs();
    expect(again.status).toBe(200);
    for (const each of [...open.slice(1), again]) await call("PUT", `/stop/${testidOf(each)}`);
    // Nothing of an address stays when its tests have gone.
    expect(await redisOf(cloud()).command(["KEYS", keys.userTests("*")])).toEqual([]);
  });

  it("of an account are counted apart, wherever they come from", async () => {
    const open = [await selectAs(KEY), await selectAs(KEY)];
    expect(open.map(({ status }) => status)).toEqual([200, 200]);
    const third = await selectAs(KEY);
    expect(third.json).toMatchObject({ detail: "This account has 2 open tests, and may have 2. Stop one first." });
    const anonymous = await selectAs();
    expect(anonymous.status).toBe(200);
    for (const each of [...open, anonymous]) await call("PUT", `/stop/${testidOf(each)}`);
  });
});

describe("sizes", () => {
  it("above the limits are refused: 431 for headers, 413 for a body", async () => {
    const big = await call("GET", "/version", { headers: { "x-big": "x".repeat(9000) } });
    expect(big.status).toBe(431);
    const body = "x".repeat(1024 * 1024 + 1);
    const headers = { "content-type": "application/json" };
    const testid = crypto.randomUUID();
    expect((await call("POST", `/advance/${testid}`, { raw: body, headers })).status).toBe(413);
  });
});
