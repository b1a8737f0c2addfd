import { beforeAll, describe, expect, it } from "vitest";
import type { FmuName } from "../fmus/build.ts";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { ROOT, uploadFmu } from "../support/fmu.ts";

const TOKEN = "boptest-secret-token";
/** How long a model may compute in one call: what it takes to start its process and load it counts, too. */
const MODEL_MS = 6000;

type Values = Record<string, number>;

/** A service with a model that does nothing wrong. */
function useService() {
  const lines: string[] = [];
  const cloud = useCloud({
    workers: 2,
    accounts: [ROOT],
    redisRest: { token: TOKEN },
    environment: { MODEL_MS: String(MODEL_MS), REPLAY_MS: String(MODEL_MS) },
    onLog: (name, line) => {
      // A small step is carried out by the api.
      if (name === "worker" || name === "api") lines.push(line);
    },
  });
  const client = clientOf(cloud);
  const { call } = client;
  let good = "";
  beforeAll(async () => {
    await uploadFmu(client, "cs", "/testcases/good");
    good = await client.selectTest("good");
  });
  return {
    client,
    lines,
    good: () => good,
    advance: (testid: string) => call<Values>("POST", `/advance/${testid}`),
    points: async (testid: string) => (await call<Values>("GET", `/points/${testid}`)).payload,
    kpis: async (testid: string) => (await call<Values>("GET", `/kpi/${testid}`)).payload,
    /** The last line of an event that was logged about a test, once it is there. */
    logged: (event: string, testid: string, what = "") =>
      until(`"${event}" in the log`, () => {
        const line = lines.findLast((each) => [`"${event}"`, testid, what].every((part) => each.includes(part)));
        return line === undefined ? undefined : (JSON.parse(line) as Record<string, string>);
      }),
  };
}

/** A model that goes wrong after a simulated minute, in the step of an hour. */
function itFailsAlone(
  { client, good, advance, points, kpis, logged }: ReturnType<typeof useService>,
  name: FmuName,
  message: string,
  lastWords?: string,
): void {
  const { call } = client;
  it("is a 500 of that step with the reason, and its test, and every other, goes on from where it was", async () => {
    await uploadFmu(client, name, `/testcases/${name}`);
    const testid = await client.selectTest(name);
    await call("PUT", `/step/${testid}`, { body: { step: 30 } });
    expect(await advance(testid)).toMatchObject({ status: 200, payload: { time: 30 } });
    const before = [await points(testid), await kpis(testid)];
    await call("PUT", `/step/${testid}`, { body: { step: 90 } });
    const { time = 0 } = await points(good());

    const [failed, other] = await Promise.all([advance(testid), advance(good())]);
    expect(failed.status).toBe(500);
    expect(failed.message).toContain(`The simulation of ${name} failed: `);
    expect(failed.message).toContain(message);
    expect(failed.message).toContain("The test is as it was before.");
    if (lastWords !== undefined) expect(failed.message).toContain(lastWords);
    expect((await logged("simulation_failed", testid)).lines).toContain(lastWords ?? "");
    expect(other).toMatchObject({ status: 200, payload: { time: time + 3600 } });
    expect([await points(testid), await kpis(testid)]).toEqual(before);
    await call("PUT", `/step/${testid}`, { body: { step: 30 } });
    expect(await advance(testid)).toMatchObject({ status: 200, payload: { time: 60 } });
  });
}

describe("a model that", () => {
  const service = useService();
  const { client, lines, good, advance, logged } = service;
  const { call } = client;

  describe("does what hang says", () => {
    // Its state cannot be verified, because it hangs before that: it is replayed. A part of the limit is used by the replay before
    // the step. The message names the whole limit all the same.
    itFailsAlone(service, "hang", `the model computed for more than ${MODEL_MS} ms, and was ended`);
  });

  describe.each([
    ["crash", "the model's process ended by SIGSEGV", "fmi2Warning [logAll]: about to crash"],
    ["underrun", "the model's process ended by SIGABRT", "the model wrote where it must not: its memory is damaged"],
    ["sweep", "the model's process ended by SIGSEGV", undefined],
    ["error", "fmi2DoStep returned fmi2Error", "fmi2Error [logStatusError]: the boiler is on fire"],
  ] as const)("does what %s says", (name, message, lastWords) => {
    itFailsAlone(service, name, message, lastWords);
  });

  describe("lacks a library", () => {
    it("is refused when it is taken in, by the library's name", async () => {
      await uploadFmu(client, "needs", "/testcases/needs");
      const { status, text } = await call("POST", "/testcases/needs/select");
      expect(status).toBe(400);
      expect(text).toContain("libmissing.so.7");
      expect(await advance(good())).toMatchObject({ status: 200 });
    });
  });

  describe("looks for secrets", () => {
    it("finds none of the service's, and what it logs is in the service's log", async () => {
      await uploadFmu(client, "snoop", "/testcases/snoop");
      const testid = await client.selectTest("snoop");
      await call("PUT", `/step/${testid}`, { body: { step: 90 } });
      expect(await advance(testid)).toMatchObject({ status: 200 });
      const { lines: told, requestid } = await logged("model_log", testid, "secrets");
      expect(requestid).toMatch(/^\d+-\d+$/);
      expect(told).toContain("secrets: 0, memories of others: 0");
      for (const line of lines) expect(line).not.toContain(TOKEN);
    });
  });
});
