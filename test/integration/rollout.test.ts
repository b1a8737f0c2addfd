import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { type CallAnswer, clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";
import { dumpOf } from "../support/dump.ts";
import { redisOf } from "../support/state.ts";

type Points = Record<string, number>;
type Kpis = Record<string, number | null>;
interface Rollout {
  readonly values: readonly Points[];
  readonly kpis: { readonly rollout: Kpis; readonly total: Kpis };
  readonly samples?: Record<string, number[]>;
}

const PLAN = [{ oveAct_u: 700, oveAct_activate: 1 }, {}, { oveAct_u: "-300" }, { oveAct_activate: 0 }, { oveAct_u: 5 }];
const POINTS = ["oveAct_u", "oveAct_activate", "TRooAir_y", "PHeaCoo_y", "CO2RooAir_y"];

describe.each([
  { path: "by the api", environment: {} },
  { path: "by a worker", environment: { ROLLOUT_MS: "0" } },
  { path: "by workers that do a slice each", environment: { ROLLOUT_MS: "0", COMPUTE_MS: "1" } },
])("a rollout, computed $path", ({ environment }) => {
  const cloud = useCloud({ workers: 2, environment });
  const client = clientOf(cloud);
  const tried = (testid: string, body: unknown): Promise<CallAnswer<Rollout>> =>
    client.call("POST", `/rollout/${testid}`, { body });

  /** A test some hours after its start, under prices that change. */
  async function begun(): Promise<string> {
    const testid = await client.selectTest();
    await client.call("PUT", `/scenario/${testid}`, { body: { electricity_price: "dynamic" } });
    await client.call("PUT", `/step/${testid}`, { body: { step: 7200 } });
    await client.call("POST", `/advance/${testid}`, { body: { oveAct_u: 250, oveAct_activate: 1 } });
    return testid;
  }

  it("is what committing the same inputs comes to: values, samples and KPIs, bit for bit", async () => {
    const testid = await begun();
    const { payload } = await tried(testid, { inputs: PLAN, step: 3600, samples: true });
    await client.call("PUT", `/step/${testid}`, { body: { step: 3600 } });
    const committed: Points[] = [];
    for (const body of PLAN) {
      committed.push((await client.call<Points>("POST", `/advance/${testid}`, { body })).payload);
    }
    expect(payload.values).toEqual(committed);
    const { time_rat: _, ...kpis } = (await client.call<Kpis>("GET", `/kpi/${testid}`)).payload;
    expect(payload.kpis.total).toEqual(kpis);
    const results = await client.call("PUT", `/results/${testid}`, {
      body: { point_names: POINTS, start_time: 7200 + 1, final_time: "inf" },
    });
    expect(payload.samples).toEqual(results.payload);
  });

  it("leaves every key of the test as it was, byte for byte", async () => {
    const testid = await begun();
    const before = await dumpOf(cloud(), testid);
    expect(Object.keys(before)).toContain(`tests:${testid}`);
    const one = await tried(testid, { candidates: [PLAN, [{}]] });
    expect(one.status).toBe(200);
    const others = await Promise.all(Array.from({ length: 9 }, () => tried(testid, { candidates: [PLAN, [{}]] })));
    for (const other of others) expect(other.text).toBe(one.text);
    expect(await dumpOf(cloud(), testid)).toEqual(before);
  });

  it("tries many candidates, each from the same state, and clips with warnings that name candidate and step", async () => {
    const testid = await begun();
    const candidates = [PLAN, [{ oveAct_u: 20_000 }], PLAN.slice(0, 2)];
    const many = await client.call<Rollout[]>("POST", `/rollout/${testid}`, {
      body: { candidates, points: ["TRooAir_y"] },
    });
    expect(many.message).toContain("Candidate 2, step 1 (candidates[1][0])");
    expect(many.message).toContain("clipped to 10000");
    expect(many.payload.map(({ values }) => values.length)).toEqual([5, 1, 2]);
    for (const [i, inputs] of candidates.entries()) {
      const one = await tried(testid, { inputs, points: ["TRooAir_y"] });
      expect(many.payload[i]).toEqual(one.payload);
      expect(one.payload.values.map((values) => Object.keys(values))).toEqual(inputs.map(() => ["time", "TRooAir_y"]));
    }
  });

  it("stops where the scenario ends, and there is none after it", async () => {
    const testid = await client.selectTest();
    await client.call("PUT", `/initialize/${testid}`, { body: { start_time: 0, warmup_period: 0, final_time: 9000 } });
    const { payload } = await tried(testid, { inputs: PLAN, step: 3600 });
    expect(payload.values.map(({ time }) => time)).toEqual([3600, 7200, 9000]);
    await client.call("PUT", `/step/${testid}`, { body: { step: 9000 } });
    await client.call("POST", `/advance/${testid}`);
    const after = await tried(testid, { inputs: PLAN });
    expect([after.status, after.payload.values]).toEqual([200, []]);
  });
});

describe("what a rollout costs", () => {
  const cloud = useCloud({ workers: 1 });
  const client = clientOf(cloud);

  it("1 round trip and a script that reads once, whatever the steps and candidates; no message, no object", async () => {
    const testid = await client.selectTest();
    const candidates = Array.from({ length: 64 }, (_, i) =>
      Array.from({ length: 24 }, (__, k) => ({ oveAct_u: i * k, oveAct_activate: 1 })),
    );
    for (const body of [{ inputs: [{}] }, { candidates }]) {
      const cost = await costOf(cloud(), () => client.call("POST", `/rollout/${testid}`, { body }));
      expect(cost).toMatchObject({ roundTrips: 1, commands: 2, polls: 0, messages: 0, objects: 0 });
    }
  });

  it("is nothing that 1,000 of them would leave behind", async () => {
    const testid = await client.selectTest();
    const before = await dumpOf(cloud(), "");
    for (let i = 0; i < 1000; i += 8) {
      const calls = Array.from({ length: 8 }, (_, k) =>
        client.call("POST", `/rollout/${testid}`, { body: { inputs: [{ oveAct_u: i + k, oveAct_activate: 1 }, {}] } }),
      );
      for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
    }
    expect(await dumpOf(cloud(), "")).toEqual(before);
  });
});

describe("a rollout that is a request of its own", () => {
  const cloud = useCloud({ workers: 1, environment: { ROLLOUT_MS: "0" } });
  const client = clientOf(cloud);
  const redis = () => redisOf(cloud());

  async function accepted(testid: string) {
    const answer = await client.call("POST", `/rollout/${testid}`, {
      body: { inputs: PLAN },
      headers: { prefer: "respond-async" },
    });
    expect(answer.status).toBe(202);
    const location = answer.headers.get("location") ?? "";
    return { location, rolloutid: location.split("/")[2] ?? "" };
  }
  const answered = (location: string) =>
    until(`an answer at ${location}`, async () => {
      const answer = await client.call<Rollout>("GET", location);
      return answer.status === 202 ? undefined : answer;
    });

  it("is waited for like any other, and all that is left of it ends by itself", async () => {
    const testid = await client.selectTest();
    const { location, rolloutid } = await accepted(testid);
    expect(rolloutid).not.toBe(testid);
    expect((await answered(location)).payload.values.length).toBe(5);
    const left = Object.keys(await dumpOf(cloud(), rolloutid));
    expect(left).toEqual([keys.request(rolloutid), keys.response(rolloutid), keys.test(rolloutid)].sort());
    for (const key of left) {
      const lifetimeMs = Number(await redis().command(["PTTL", key]));
      expect(lifetimeMs, key).toBeGreaterThan(0);
      expect(lifetimeMs, key).toBeLessThanOrEqual(key === keys.response(rolloutid) ? 4_200_000 : 900_000);
    }
    expect(await redis().command(["ZSCORE", keys.outstanding(rolloutid), rolloutid])).toBeNull();
    expect(await redis().command(["ZSCORE", keys.active(rolloutid), rolloutid])).toBeNull();
    for (const key of (await redis().command(["KEYS", "users:*:tests"])) as string[]) {
      expect(await redis().command(["SMEMBERS", key])).not.toContain(rolloutid);
    }
  });

  it("tries from the state at the time of the call, whatever becomes of the test meanwhile", async () => {
    const testid = await client.selectTest();
    const expected = (await client.call<Rollout>("POST", `/rollout/${testid}`, { body: { inputs: PLAN } })).payload;
    cloud().doorbells.hold();
    const { location } = await accepted(testid);
    await client.call("PUT", `/stop/${testid}`);
    cloud().doorbells.release();
    expect((await answered(location)).payload).toEqual(expected);
  });

  it("is one of 16 of its test at most; another may be asked for when one is computed", async () => {
    const testid = await client.selectTest();
    cloud().doorbells.hold();
    const locations: string[] = [];
    for (let i = 0; i < 16; i++) locations.push((await accepted(testid)).location);
    const oneMore = await client.call("POST", `/rollout/${testid}`, { body: { inputs: PLAN } });
    expect(oneMore.status).toBe(429);
    expect(oneMore.message).toContain("16 unfinished rollouts");
    expect(oneMore.headers.get("retry-after")).toBe("2");
    cloud().doorbells.release();
    for (const location of locations) expect((await answered(location)).status).toBe(200);
    expect((await client.call("POST", `/rollout/${testid}`, { body: { inputs: PLAN } })).status).toBe(200);
  });

  it("is no test: it has no state to ask for, and takes no commands", async () => {
    const { location, rolloutid } = await accepted(await client.selectTest());
    await answered(location);
    for (const query of ["status", "points", "kpi", "step", "name", "scenario"]) {
      expect((await client.call("GET", `/${query}/${rolloutid}`)).status, query).toBe(400);
    }
    const before = (await dumpOf(cloud(), rolloutid))[keys.results(rolloutid)];
    expect((await client.call("POST", `/advance/${rolloutid}`)).status).toBe(400);
    expect((await client.call("POST", `/rollout/${rolloutid}`, { body: { inputs: [{}] } })).status).toBe(400);
    expect((await dumpOf(cloud(), rolloutid))[keys.results(rolloutid)]).toBe(before);
  });
});

describe("a rollout that cannot be", () => {
  const cloud = useCloud({ workers: 1 });
  const client = clientOf(cloud);
  let testid = "";
  const refused = async (body: unknown, id = testid) => {
    testid ||= await client.selectTest();
    const answer = await client.call("POST", `/rollout/${id || testid}`, { body });
    return [answer.status, answer.message] as const;
  };

  it.each([
    ["nothing", {}, "inputs"],
    ["both inputs and candidates", { inputs: [{}], candidates: [[{}]] }, "candidates"],
    ["no step", { inputs: [] }, "inputs"],
    ["no list", { inputs: { oveAct_u: 1 } }, "inputs"],
    ["no candidate", { candidates: [] }, "candidates"],
    ["a candidate that is no list", { candidates: [[{}], {}] }, "Candidate 2 (candidates[1])"],
    ["a candidate without a step", { candidates: [[{}], []] }, "Candidate 2 (candidates[1])"],
    ["a step that is no object", { candidates: [[{}], [{}, 7]] }, "Candidate 2, step 2 (candidates[1][1])"],
    ["an unknown input", { inputs: [{}, {}, { nothing: 1 }] }, "Step 3 (inputs[2])"],
    ["a bad value", { candidates: [[{}], [{ oveAct_u: "much" }]] }, "Candidate 2, step 1 (candidates[1][0])"],
    ["a list for a value", { inputs: [{ oveAct_u: [1] }] }, "Step 1 (inputs[0])"],
    ["a bad step", { inputs: [{}], step: -1 }, "step"],
    ["a step that is too long", { inputs: [{}], step: 31_536_001 }, "31536000"],
    ["unknown points", { inputs: [{}], points: ["TRooAir_y", "nothing"] }, '"nothing"'],
    ["points that are no list", { inputs: [{}], points: "TRooAir_y" }, "points"],
    ["samples that are neither true nor false", { inputs: [{}], samples: "yes" }, "samples"],
  ])("is refused with 400, and says why: %s", async (_what, body, named) => {
    const [status, message] = await refused(body);
    expect(status).toBe(400);
    expect(message).toContain(named);
  });

  it.each([
    ["candidates", { candidates: Array(1001).fill([{}]) }, "1000"],
    ["steps", { candidates: [Array(60_000).fill({}), Array(60_000).fill({})] }, "100000"],
    ["simulated time", { inputs: Array(11).fill({}), step: 31_536_000 }, "10 steps of that length would fit"],
    [
      "samples",
      { candidates: Array(50).fill(Array(24).fill({})), step: 3600, samples: true },
      "11 such candidates would fit",
    ],
  ])("is refused with 413, and says what would fit: too many %s", async (_what, body, named) => {
    const [status, message] = await refused(body);
    expect(status).toBe(413);
    expect(message).toContain(named);
  });

  it("is refused for a test that is not there", async () => {
    expect((await refused({ inputs: [{}] }, randomUUID()))[0]).toBe(400);
    expect((await refused({ inputs: [{}] }, "nobody"))[0]).toBe(400);
  });

  it("has to wait for a test that is still Queued", async () => {
    cloud().doorbells.hold();
    const selected = await client.call("POST", "/testcases/testcase1/select-async");
    const queued = (selected.json as { testid: string }).testid;
    const answer = await client.call("POST", `/rollout/${queued}`, { body: { inputs: [{}] } });
    cloud().doorbells.release();
    expect(answer.status).toBe(409);
    await client.call("PUT", `/stop/${queued}`);
  });
});
