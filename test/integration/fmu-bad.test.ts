import { beforeAll, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { ROOT, uploadFmu } from "../support/fmu.ts";

const TOKEN = "boptest-secret-token";
const lines: string[] = [];
const cloud = useCloud({
  workers: 2,
  accounts: [ROOT],
  gateway: { token: TOKEN },
  environment: { MODEL_MS: "2000" },
  onLog: (name, line) => {
    if (name === "worker") lines.push(line);
  },
});
const client = clientOf(cloud);
const { call } = client;

type Values = Record<string, number>;

let good: string;
beforeAll(async () => {
  await uploadFmu(client, "cs", "/testcases/good");
  good = await client.selectTest("good");
});

const advance = (testid: string) => call<Values>("POST", `/advance/${testid}`);
const points = async (testid: string) => (await call<Values>("GET", `/points/${testid}`)).payload;
const kpis = async (testid: string) => (await call<Values>("GET", `/kpi/${testid}`)).payload;

/** The last that the worker has logged with a message about a test, once it is there. */
const logged = (message: string, testid: string, what = "") =>
  until(`"${message}" in the log`, () => {
    const line = lines.findLast((each) => [`"${message}"`, testid, what].every((part) => each.includes(part)));
    return line === undefined ? undefined : (JSON.parse(line) as Record<string, string>);
  });

// Each goes wrong after a simulated minute, in the step of an hour.
describe.each([
  ["crash", "the model's process ended by SIGSEGV", "fmi2Warning [logAll]: about to crash"],
  ["hang", "the model computed for more than 2000 ms, and was ended", undefined],
  ["error", "fmi2DoStep returned fmi2Error", "fmi2Error [logStatusError]: the boiler is on fire"],
] as const)("a model that does what %s says", (name, message, lastWords) => {
  it("is a 500 of that step with the reason, and its test, and every other, goes on from where it was", async () => {
    await uploadFmu(client, name, `/testcases/${name}`);
    const testid = await client.selectTest(name);
    await call("PUT", `/step/${testid}`, { body: { step: 30 } });
    expect(await advance(testid)).toMatchObject({ status: 200, payload: { time: 30 } });
    const before = [await points(testid), await kpis(testid)];
    await call("PUT", `/step/${testid}`, { body: { step: 90 } });
    const { time = 0 } = await points(good);

    const [failed, other] = await Promise.all([advance(testid), advance(good)]);
    expect(failed.status).toBe(500);
    expect(failed.message).toContain(`The simulation of ${name} failed: `);
    expect(failed.message).toContain(message);
    expect(failed.message).toContain("The test is as it was before.");
    if (lastWords !== undefined) expect(failed.message).toContain(lastWords);
    expect((await logged("simulation failed", testid)).lines).toContain(lastWords ?? "");
    expect(other).toMatchObject({ status: 200, payload: { time: time + 3600 } });
    expect([await points(testid), await kpis(testid)]).toEqual(before);
    await call("PUT", `/step/${testid}`, { body: { step: 30 } });
    expect(await advance(testid)).toMatchObject({ status: 200, payload: { time: 60 } });
  });
});

describe("a model whose library is missing", () => {
  it("fails its select, by the library's name", async () => {
    await uploadFmu(client, "needs", "/testcases/needs");
    const { status, text } = await call("POST", "/testcases/needs/select");
    expect(status).toBe(500);
    expect(text).toContain("libmissing.so.7");
    expect(await advance(good)).toMatchObject({ status: 200 });
  });
});

describe("a model that looks for secrets", () => {
  it("finds none of the service's, and what it logs is in the service's log", async () => {
    await uploadFmu(client, "snoop", "/testcases/snoop");
    const testid = await client.selectTest("snoop");
    await call("PUT", `/step/${testid}`, { body: { step: 90 } });
    expect(await advance(testid)).toMatchObject({ status: 200 });
    const { lines: told, requestid } = await logged("model's log", testid, "secrets");
    expect(requestid).toMatch(/^\d+-\d+$/);
    expect(told).toContain("secrets: 0, memories of others: 0");
    expect(told).toContain("network: none");
    for (const line of lines) expect(line).not.toContain(TOKEN);
  });
});
