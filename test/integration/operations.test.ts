import { describe, expect, it } from "vitest";
import commitScript from "../../functions/streams/commit.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { killWorkerAt } from "../support/disturb.ts";
import { answerOf, send } from "../support/disturbed-test.ts";

const KEY = "operations-key-0123456789abcdef01234567";
const cloud = useCloud({
  workers: 2,
  accounts: [{ name: "ann", key: KEY, privileged: false }],
  environment: { INLINE_MS: "0", DOORBELL_GRACE_MS: "0" },
});
const client = clientOf(cloud);
const { call } = client;

type Line = Record<string, unknown>;

function lines(name: string): Line[] {
  return cloud()
    .logs.recent(name)
    .map((line) => JSON.parse(line));
}

/** A line that a function has written, once it is there. */
async function lineOf(name: string, of: (line: Line) => boolean): Promise<Line> {
  return await until(`a line of ${name}`, () => lines(name).find(of));
}

describe("logs", () => {
  it("have a line for each request, with its id and its test's, and one for each answered doorbell", async () => {
    const testid = await client.selectTest();
    await call("POST", `/advance/${testid}`, { body: {} });
    const line = await lineOf("api", ({ route }) => route === "POST /advance/{testid}");
    expect(line).toMatchObject({ level: "info", message: "request", status: 200, testid });
    expect(line.apiRequestId).toMatch(/\S{8,}/);
    expect(line.ms).toBeGreaterThanOrEqual(0);
    const drained = await lineOf("worker", (each) => each.message === "drained" && each.testid === testid);
    expect(drained).toMatchObject({
      drained: expect.stringMatching(/done|idle|busy/),
      awsRequestId: expect.any(String),
    });
  });

  it("hold no payload and no key, whatever goes well or wrong", async () => {
    const secrets = [KEY, "idempotency-4711", "271828.1828", "marked_field", cloud().redisRest.token];
    const headers = { authorization: KEY };
    const selected = await call("POST", "/testcases/testcase1/select", { headers });
    const { testid } = selected.json as { testid: string };
    const advance = (body: unknown) =>
      call("POST", `/advance/${testid}`, { body, headers: { ...headers, "idempotency-key": "idempotency-4711" } });
    await advance({ oveAct_u: 271_828.1828, oveAct_activate: 1 });
    await advance({ marked_field: 1 });
    await call("POST", `/advance/${testid}`, { body: { marked_field: 271_828.1828 } });
    await call("GET", `/kpi/${testid}?marked_field=1`, { headers });
    await call("GET", "/users/ann/tests", { headers: { authorization: `${KEY}-wrong` } });
    // Redis away: the client's own error holds the whole command.
    cloud().redisRest.intercept = async () => CUT;
    await fetch(`${cloud().url}/status/${testid}`, { headers });
    await fetch(`${cloud().url}/advance/${testid}`, { method: "POST", body: '{"marked_field": 271828.1828}', headers });
    cloud().redisRest.intercept = undefined;
    await lineOf("api", ({ level }) => level === "error");
    await cloud().tick();

    const all = ["api", "worker", "sweeper"].flatMap((name) => cloud().logs.recent(name)).join("\n");
    for (const secret of secrets) expect(all.includes(secret), secret).toBe(false);
    expect(all).toContain(testid);
  });
});

describe("metrics", () => {
  const counted = (line: Line) => JSON.stringify(line._aws ?? null);

  it("tell the time from a command's arrival to its commit, and the looks of those who waited", async () => {
    const testid = await client.selectTest();
    await call("POST", `/advance/${testid}`, { body: {} });
    const drained = await lineOf("worker", (line) => line.testid === testid && "EnqueueToCommit" in line);
    expect(counted(drained)).toContain('"Namespace":"boptest/dev"');
    expect([drained.EnqueueToCommit].flat()[0]).toBeGreaterThanOrEqual(0);
    const request = await lineOf("api", (line) => line.testid === testid && "Polls" in line);
    expect(request.Polls).toBeGreaterThanOrEqual(1);
  });

  it("tell of requests that were handed out again, because a worker died over them", async () => {
    const testid = await client.selectTest();
    const killed = killWorkerAt(cloud(), testid, commitScript, "before");
    const location = await send(client, "POST", `/advance/${testid}`);
    await killed;
    expect((await answerOf(client, location, cloud())).status).toBe(200);
    const line = await lineOf("worker", (each) => each.testid === testid && "Redeliveries" in each);
    expect(line.Redeliveries).toBe(1);
  });

  it("tell how old the oldest unanswered request is, and how many tests were forgotten", async () => {
    const testid = await client.selectTest();
    cloud().doorbells.lose();
    await call("POST", `/advance/${testid}`, { headers: { prefer: "respond-async" } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await cloud().tick();
    cloud().doorbells.restore();
    const swept = await lineOf("sweeper", (line) => line.message === "swept" && Number(line.OldestUnanswered) >= 50);
    expect(swept.Forgotten).toBeGreaterThanOrEqual(1);
  });

  it("tell what the object cache did", async () => {
    const testid = await client.selectTest();
    // A warm-up of a week, which is worth sharing.
    const body = { start_time: 864_000, warmup_period: 604_800 };
    expect((await call("PUT", `/initialize/${testid}`, { body })).status).toBe(200);
    const line = await lineOf(
      "worker",
      (each) => "CacheHits" in each || "CacheMisses" in each || "CacheCreated" in each,
    );
    expect(counted(line)).toMatch(/"Name":"Cache(Hits|Misses|Created)"/);
  });
});

describe("GET /healthz", () => {
  /** Answers are kept for two seconds. */
  const asked = (status: number) =>
    until(`healthz ${status}`, async () => {
      const answer = await call<unknown>("GET", "/healthz");
      return answer.status === status ? (answer.json as Line) : undefined;
    });

  it("says that Redis and S3 answer, or which of them does not", async () => {
    expect(await asked(200)).toMatchObject({ status: "ok", redis: { ok: true }, s3: { ok: true } });

    cloud().redisRest.intercept = async () => CUT;
    expect(await asked(503)).toMatchObject({ status: "unavailable", redis: { ok: false }, s3: { ok: true } });
    cloud().redisRest.intercept = undefined;
    await asked(200);

    cloud().storage.faults.before = ({ service }) =>
      service === "s3" ? { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" } : undefined;
    expect(await asked(503)).toMatchObject({ redis: { ok: true }, s3: { ok: false } });
    cloud().storage.faults.before = undefined;
  });
});
