import { afterEach, beforeEach, describe, expect, it } from "vitest";
import createScript from "../../functions/lifecycle/create-and-stop/create.lua";
import stopScript from "../../functions/lifecycle/create-and-stop/stop.lua";
import { keys } from "../../functions/platform/keys.ts";
import { READ_SOURCE } from "../../functions/platform/reads.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import claimScript from "../../functions/streams/claim.lua";
import commitScript from "../../functions/streams/commit.lua";
import enqueueScript from "../../functions/streams/enqueue.lua";
import lookupScript from "../../functions/streams/lookup.lua";
import suspendScript from "../../functions/streams/suspend.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { expectAsUndisturbed } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";

const scripts = { enqueue: enqueueScript, claim: claimScript, suspend: suspendScript, commit: commitScript };

/**
 * By a worker, by the api itself on a test that it does not or does remember, and by worker after worker: with the calls that
 * each makes. No sweeper in any of them.
 */
const paths: { path: string; environment: Record<string, string>; calls: (keyof typeof scripts)[]; waits: boolean }[] =
  [
    { path: "by a worker", environment: { INLINE_MS: "0" }, calls: ["enqueue", "claim", "commit"], waits: true },
    { path: "inline", environment: {}, calls: ["enqueue", "commit"], waits: false },
    { path: "from memory", environment: {}, calls: ["enqueue"], waits: false },
    {
      path: "in pieces",
      environment: { INLINE_MS: "0", COMPUTE_MS: "1" },
      calls: ["enqueue", "claim", "suspend", "commit"],
      waits: true,
    },
  ];

describe.each(paths)("with requests carried out $path", ({ path, environment, calls, waits }) => {
  const cloud = useCloud({ workers: 2, environment });
  const client = clientOf(cloud);
  let redis: Redis;
  let testid: string;
  let oracle: Oracle;

  beforeEach(async () => {
    redis = createRedis({ url: cloud().redisRest.url, token: cloud().redisRest.token });
    testid = await client.selectTest();
    oracle = await Oracle.select("testcase1");
    oracle.step = 3 * 86_400;
    if (environment.COMPUTE_MS === undefined) oracle.step = 600;
    // What a worker has committed, no other process remembers.
    const headers: Record<string, string> = path === "from memory" ? {} : { prefer: "respond-async, wait=20" };
    await client.call("PUT", `/step/${testid}`, { body: { step: oracle.step }, headers });
  });
  afterEach(() => {
    cloud().redisRest.intercept = undefined;
    cloud().doorbells.release();
  });

  /** Cuts calls of a script: `times` of them, before or after they take effect. @returns how many were cut so far */
  function cut(isMeant: (script: string | undefined, command: readonly string[]) => boolean, when: string, times = 1) {
    let count = 0;
    cloud().redisRest.intercept = async (call) => {
      if (count >= times || !isMeant(call.scripts[0], call.commands[0] ?? [])) return await call.forward();
      count++;
      if (when === "after") await call.forward();
      return CUT;
    };
    return () => count;
  }

  it.each(calls.flatMap((name) => ["before", "after"].map((when) => ({ name, when }))))(
    "an advance takes effect once when a call of $name is lost $when it took effect",
    async ({ name, when }) => {
      const wasCut = cut((called) => called === scripts[name], when);
      const headers = { "idempotency-key": "same" };
      const expected = await oracle.advance();
      const answer = await client.call("POST", `/advance/${testid}`, { body: {}, headers });
      expect(answer).toMatchObject({ status: 200, payload: expected });
      expect(wasCut()).toBe(1);
      await expectAsUndisturbed(client, testid, oracle);
    },
  );

  it("an advance without a key is found again when the reply to enqueuing it is lost", async () => {
    const wasCut = cut((called) => called === enqueueScript, "after");
    const expected = await oracle.advance();
    const answer = await client.call("POST", `/advance/${testid}`, { body: {} });
    expect(answer).toMatchObject({ status: 200, payload: expected });
    expect(wasCut()).toBe(1);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("an advance that was not taken is refused in words that do not invite to send it again blindly", async () => {
    const wasCut = cut((called) => called === enqueueScript, "before");
    const answer = await client.call("POST", `/advance/${testid}`, { body: {} });
    expect(answer.status).toBe(503);
    expect(answer.message).toContain("Idempotency-Key");
    expect(answer.headers.get("retry-after")).toBeNull();
    expect(wasCut()).toBe(1);
    await expectAsUndisturbed(client, testid, oracle);
  });

  // The rest is the same with and without.
  if (path === "from memory") return;

  if (waits) {
    it("polls that are lost do not end the wait", async () => {
      const wasCut = cut((_, [name, , from, to]) => name?.toUpperCase() === "XRANGE" && from === to, "before", 3);
      const expected = await oracle.advance();
      const answer = await client.call("POST", `/advance/${testid}`, { body: {} });
      expect(answer).toMatchObject({ status: 200, payload: expected });
      expect(wasCut()).toBe(3);
    });
  }

  if (path === "inline") {
    it("an answer whose commit is lost is not given, but waited for", async () => {
      const wasCut = cut((called) => called === commitScript, "before");
      const intercepted = cloud().redisRest.intercept;
      let looks = 0;
      cloud().redisRest.intercept = async (call) => {
        if (call.commands[0]?.[0]?.toUpperCase() === "XRANGE") looks++;
        return (await intercepted?.(call)) ?? (await call.forward());
      };
      // No worker may commit it meanwhile: who answered then, did so without.
      cloud().doorbells.hold();
      const answering = client.call("POST", `/advance/${testid}`, { body: {} });
      await until("the api to look for the answer", () => (looks > 0 ? true : undefined));
      expect(wasCut()).toBe(1);
      expect(await redis.command(["XLEN", keys.request(testid)])).toBe(1);
      cloud().doorbells.release();
      expect(await answering).toMatchObject({ status: 200, payload: await oracle.advance() });
      await expectAsUndisturbed(client, testid, oracle);
    });
  }

  it.each(["before", "after"])("three lost calls of a living worker (%s) are no poison", async (when) => {
    const claimsCut = cut((called) => called === claimScript, when, 3);
    const headers = { prefer: "respond-async, wait=20" };
    const expected = await oracle.advance();
    const answer = await client.call("POST", `/advance/${testid}`, { body: {}, headers });
    expect(answer).toMatchObject({ status: 200, payload: expected });
    expect(claimsCut()).toBe(3);
    const commitsCut = cut((called) => called === commitScript, "before", 3);
    const next = await oracle.advance();
    expect(await client.call("POST", `/advance/${testid}`, { body: {}, headers })).toMatchObject({ payload: next });
    expect(commitsCut()).toBe(3);
  });

  it("a select makes one test when the reply to its creation is lost", async () => {
    const tests = async () => ((await redis.command(["KEYS", keys.test("????????-*")])) as string[]).length;
    const before = await tests();
    const wasCut = cut((called) => called === createScript, "after");
    const selected = await client.selectTest();
    expect((await client.call("GET", `/status/${selected}`)).json).toBe("Running");
    expect(await tests()).toBe(before + 1);
    expect(wasCut()).toBe(1);
  });

  it("a stop stops when it is sent again under its key", async () => {
    const wasCut = cut((called) => called === stopScript, "after");
    const headers = { "idempotency-key": "stop" };
    const answers = [await client.call("PUT", `/stop/${testid}`, { headers })];
    answers.push(await client.call("PUT", `/stop/${testid}`, { headers }));
    expect(answers.at(-1)?.text).toBe("OK");
    expect(wasCut()).toBe(1);
    expect((await client.call("GET", `/status/${testid}`)).status).toBe(400);
  });

  it("queries are asked once more", async () => {
    for (const query of ["points", "kpi", "status"]) {
      const wasCut = cut((called, command) => called === READ_SOURCE && command.includes("HMGET"), "before");
      expect((await client.call("GET", `/${query}/${testid}`)).status).toBe(200);
      expect(wasCut()).toBe(1);
    }
    const accepted = await client.call("POST", `/advance/${testid}`, {
      body: {},
      headers: { prefer: "respond-async" },
    });
    const wasCut = cut((called) => called === lookupScript, "before");
    await until("the answer", async () =>
      (await client.call("GET", accepted.headers.get("location") ?? "")).status === 200 ? true : undefined,
    );
    expect(wasCut()).toBe(1);
  });
});
