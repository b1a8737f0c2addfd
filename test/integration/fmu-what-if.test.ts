import { beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import commitScript from "../../functions/streams/commit.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";
import { killWorkerAt } from "../support/disturb.ts";
import { answerOf, send } from "../support/disturbed-test.ts";
import { callsDuring, killEmulators, ROOT, uploadFmu, warmDuring } from "../support/fmu.ts";
import { redisOf } from "../support/state.ts";

const HOUR = 3600;
const DAY = 86_400;
const START = 20 * DAY;
const cloud = useCloud({
  workers: 2,
  accounts: [ROOT],
  // However slow the machine is, a step of a model that is alive is carried out by who takes it on.
  environment: { LEASE_MS: "1500", DOORBELL_GRACE_MS: "0", INLINE_MODEL_MS: "10000" },
});
const client = clientOf(cloud);
const { call } = client;

type Values = Record<string, number>;
type Columns = Record<string, number[]>;

// "large": of a state that is an object of its own.
const MODELS = ["cs", "me", "cs-replay", "large"] as const;
beforeAll(async () => {
  for (const name of MODELS) await uploadFmu(client, name, `/testcases/${name}`);
  // Taken in, before any process is killed.
  for (const name of MODELS) await client.selectTest(name);
});

/** A test of a winter's day, in the morning. */
async function begun(testcase: string): Promise<string> {
  const testid = await client.selectTest(testcase);
  await must("PUT", `/initialize/${testid}`, { start_time: START, warmup_period: 6 * HOUR });
  return testid;
}

async function must<Payload = Values>(method: string, path: string, body?: unknown): Promise<Payload> {
  const { status, payload, text } = await call<Payload>(method, path, body === undefined ? {} : { body });
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
  return payload;
}

const STEPS = [
  {},
  { oveTSetSou_u: 296.15, oveTSetSou_activate: 1 },
  { oveHeaNor_u: 0.4, oveHeaNor_activate: 1 },
  { oveTSetSou_activate: 0 },
] as const;

/** Everything that a test shows, but `time_rat`, which the wall clock makes. */
async function shown(testid: string): Promise<unknown> {
  const measurements = Object.keys(await must("GET", `/measurements/${testid}`));
  const inputs = Object.keys(await must("GET", `/inputs/${testid}`));
  const body = { point_names: [...inputs, ...measurements], start_time: 0, final_time: 1e9 };
  const { time_rat: _, ...kpis } = await must("GET", `/kpi/${testid}`);
  return {
    results: await must<Columns>("PUT", `/results/${testid}`, body),
    points: await must("GET", `/points/${testid}`),
    kpis,
  };
}

describe.each(MODELS)("%s: a test whose every step finds no process of before", (name) => {
  it("tells how its model's state is kept, if it cannot save it", async () => {
    const { message } = await call("GET", `/name/${await client.selectTest(name)}`);
    expect(message?.includes("image of its model's memory")).toBe(name === "cs-replay");
  });

  it("comes out bit for bit as one that stays warm", async () => {
    const [warm, fresh] = [await begun(name), await begun(name)];
    const expected: Values[] = [];
    const stayed = await warmDuring(cloud(), async () => {
      for (const body of STEPS) expected.push(await must("POST", `/advance/${warm}`, body));
    });
    expect(stayed.slice(1)).toEqual([true, true, true]);
    const found = await warmDuring(cloud(), async () => {
      for (const [i, body] of STEPS.entries()) {
        await killEmulators(cloud());
        expect(await must("POST", `/advance/${fresh}`, body)).toEqual(expected[i]);
      }
    });
    expect(found).toEqual([false, false, false, false]);
    expect(await shown(fresh)).toEqual(await shown(warm));
  });
});

describe("what may be killed at any moment", () => {
  it("a worker, between compute and commit, and the emulator, while it computes: neither makes a difference", async () => {
    const [calm, disturbed] = [await begun("cs"), await begun("cs")];
    for (const body of STEPS) await must("POST", `/advance/${calm}`, body);
    for (const [i, body] of STEPS.entries()) {
      const killed = i % 2 === 0 ? killWorkerAt(cloud(), disturbed, commitScript, "before") : killedInside();
      const location = await send(client, "POST", `/advance/${disturbed}`, body);
      await killed;
      expect((await answerOf(client, location, cloud())).status).toBe(200);
    }
    expect(await shown(disturbed)).toEqual(await shown(calm));
  });

  /** Kills the processes that are at work, of the emulator or of who asks it, as soon as it has been asked, once. */
  function killedInside(name: "emulator" | "api" = "emulator"): Promise<void> {
    return new Promise((resolve, reject) => {
      cloud().lambda.intercept = async (asked) => {
        cloud().lambda.intercept = undefined;
        const answer = asked.forward();
        await until("busy", () => (cloud().host.busy("emulator").length > 0 ? true : undefined));
        const pids =
          name === "api"
            ? cloud()
                .host.busy("api")
                .map(({ pid }) => pid)
            : cloud().host.pids("emulator");
        Promise.all(pids.map((pid) => cloud().host.kill(pid))).then(() => resolve(), reject);
        return await answer;
      };
    });
  }

  it("the api, while it waits for the emulator, and the emulator, which it asks: each step takes effect once", async () => {
    const [calm, disturbed, other] = [await begun("cs"), await begun("cs"), await begun("cs")];
    const expected: Values[] = [];
    for (const body of STEPS) expected.push(await must("POST", `/advance/${calm}`, body));
    const send = async (testid: string, step: number, headers = {}) =>
      await call("POST", `/advance/${testid}`, { body: STEPS[step] ?? {}, headers });
    // A worker's, which measures it.
    for (const each of [disturbed, other]) expect((await send(each, 0)).payload).toEqual(expected[0]);
    let asked: string[] = [];
    const cost = await costOf(cloud(), async () => {
      asked = await callsDuring(cloud(), async () => expect((await send(disturbed, 1)).payload).toEqual(expected[1]));
    });
    expect(asked).toEqual(["advance"]);
    expect(cost).toMatchObject({ roundTrips: 2, commands: 20, messages: 0, polls: 0, objects: 0 });

    const emulatorKilled = killedInside("emulator");
    expect((await send(other, 1)).payload).toEqual(expected[1]);
    await emulatorKilled;

    // One that does not rest from models.
    await Promise.all(
      cloud()
        .host.pids("api")
        .map((pid) => cloud().host.kill(pid)),
    );
    await send(disturbed, 2);
    const apiKilled = killedInside("api");
    const key = { "idempotency-key": "third" };
    expect((await send(disturbed, 3, key)).status).toBe(503);
    await apiKilled;
    await until("the sweeper to have it carried out", async () => {
      await cloud().tick();
      return (await redisOf(cloud()).command(["XLEN", keys.request(disturbed)])) === 0 ? true : undefined;
    });
    expect((await send(disturbed, 3, key)).payload).toEqual(expected[3]);
    for (const step of [2, 3]) expect((await send(other, step)).payload).toEqual(expected[step]);
    for (const each of [disturbed, other]) expect(await shown(each)).toEqual(await shown(calm));
  });

  it("a reply of the emulator that gets lost: it is asked again, and that changes nothing", async () => {
    const [calm, disturbed] = [await begun("me"), await begun("me")];
    await must("POST", `/advance/${calm}`, STEPS[1]);
    cloud().lambda.intercept = async (asked) => {
      cloud().lambda.intercept = undefined;
      await asked.forward();
      return CUT;
    };
    await must("POST", `/advance/${disturbed}`, STEPS[1]);
    expect(await shown(disturbed)).toEqual(await shown(calm));
  });
});

describe("what may be tried", () => {
  it.each(["cs", "me", "cs-replay"])(
    "rollouts of %s are one call, tell what the steps would come to, and leave the test as it is",
    async (name) => {
      const testid = await begun(name);
      const before = await shown(testid);
      const candidates = [STEPS, [{ oveHeaSou_u: 1, oveHeaSou_activate: 1 }, {}]];
      let rolledOut: { values: Values[]; kpis: { total: Values } }[] = [];
      const calls = await callsDuring(cloud(), async () => {
        rolledOut = await must("POST", `/rollout/${testid}`, { candidates, step: 1800 });
      });
      expect(calls).toEqual(["candidates"]);
      expect(await shown(testid)).toEqual(before);
      expect(rolledOut[1]?.values[1]?.TRooAirSou_y).toBeGreaterThan(rolledOut[0]?.values[1]?.TRooAirSou_y ?? 0);
      await must("PUT", `/step/${testid}`, { step: 1800 });
      const taken = await must<Values[]>("POST", `/advance/${testid}`, STEPS);
      expect(rolledOut[0]?.values).toEqual(taken);
      const { time_rat: _, ...kpis } = await must("GET", `/kpi/${testid}`);
      expect(rolledOut[0]?.kpis.total).toEqual(kpis);
    },
  );

  it.each(["cs", "me"])(
    "a step of 0 s shows what inputs do at once, and nothing else comes of it (%s)",
    async (name) => {
      const [plain, looked] = [await begun(name), await begun(name)];
      const heated = { oveHeaSou_u: 1, oveHeaSou_activate: 1 };
      const { time, PHeaSou_y, TRooAirSou_y } = await must("GET", `/points/${looked}`);
      await must("PUT", `/step/${looked}`, { step: 0 });
      const off = await must("POST", `/advance/${looked}`, { oveHeaSou_u: 0, oveHeaSou_activate: 1 });
      const on = await must("POST", `/advance/${looked}`, heated);
      expect([off.time, off.PHeaSou_y]).toEqual([time, 0]);
      expect(on).toMatchObject({ time, TRooAirSou_y, oveHeaSou_u: 1, oveHeaSou_activate: 1 });
      expect(on.PHeaSou_y).toBeGreaterThan(1000);
      expect([0, on.PHeaSou_y]).toContain(PHeaSou_y);
      await must("PUT", `/step/${looked}`, { step: HOUR });
      expect(await must("POST", `/advance/${looked}`, heated)).toEqual(await must("POST", `/advance/${plain}`, heated));
      expect(await shown(looked)).toEqual(await shown(plain));
    },
  );

  it("a list of steps comes to what the steps do one by one", async () => {
    const [one, many] = [await begun("me"), await begun("me")];
    const values: Values[] = [];
    for (const body of STEPS) values.push(await must("POST", `/advance/${one}`, body));
    expect(await must<Values[]>("POST", `/advance/${many}`, STEPS)).toEqual(values);
    expect(await shown(many)).toEqual(await shown(one));
  });

  it("forks go their own ways from where the test stands, each as the test itself would", async () => {
    const testid = await begun("cs");
    await must("POST", `/advance/${testid}`, STEPS[1]);
    const { testids } = await must<{ testids: string[] }>("POST", `/fork/${testid}`, { count: 2 });
    const [first = "", second = ""] = testids;
    await must("POST", `/advance/${first}`, STEPS[2]);
    await must("POST", `/advance/${second}`, { oveHeaNor_u: 1, oveHeaNor_activate: 1 });
    await must("POST", `/advance/${testid}`, STEPS[2]);
    expect(await shown(first)).toEqual(await shown(testid));
    expect(await shown(second)).not.toEqual(await shown(testid));
    expect(await redisOf(cloud()).command(["HGET", keys.test(first), "owner"])).toBe("shared");
  });

  it("a checkpoint can be gone back to, and forked, and what follows is the same", async () => {
    const testid = await begun("me");
    await must("POST", `/advance/${testid}`, STEPS[1]);
    await must("POST", `/checkpoints/${testid}`, { name: "morning" });
    await must("POST", `/advance/${testid}`, STEPS[2]);
    const expected = await shown(testid);
    await killEmulators(cloud());
    await must("PUT", `/restore/${testid}`, { checkpoint: "morning" });
    await must("POST", `/advance/${testid}`, STEPS[2]);
    expect(await shown(testid)).toEqual(expected);
    const { testids } = await must<{ testids: string[] }>("POST", `/fork/${testid}`, { checkpoint: "morning" });
    await must("POST", `/advance/${testids[0]}`, STEPS[2]);
    expect(await shown(testids[0] ?? "")).toEqual(expected);
  });
});
