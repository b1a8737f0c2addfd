import { beforeAll, describe, expect, it } from "vitest";
import { clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";

const OWNER = { name: "owner", key: "owner's key", privileged: false };
const cloud = useCloud({ accounts: [OWNER] });
const { call, selectTest } = clientOf(cloud);

let testid: string;
const cost = async (work: () => Promise<unknown>) => {
  const { roundTrips, commands, messages, objects } = await costOf(cloud(), work);
  return { roundTrips, commands, messages, objects };
};
/** One round trip, so many commands, and nothing else of the cloud. */
const query = (commands: number) => ({ roundTrips: 1, commands, messages: 0, objects: 0 });

const forecast = (horizon: number) =>
  call("PUT", `/forecast/${testid}`, { body: { point_names: ["TDryBul"], horizon, interval: 3600 } });
const owners = { headers: { authorization: OWNER.key } };

beforeAll(async () => {
  testid = await selectTest("testcase1", owners.headers);
  // Scripts are known from then on, and the worker has done.
  await forecast(0);
  await call("GET", `/users/${OWNER.name}/tests`, owners);
  await until("quiet", () => (cloud().host.busy("worker").length === 0 ? true : undefined));
});

describe("what a query costs", () => {
  it.each(["scenario", "forecast_points"])("GET %s: 1 round trip, a script that reads once", async (path) => {
    expect(await cost(() => call("GET", `/${path}/${testid}`))).toEqual(query(2));
  });

  it("a forecast: 1 round trip, a script that reads once, and no boundary data from anywhere", async () => {
    expect(await cost(() => forecast(86_400))).toEqual(query(2));
    expect(await cost(() => forecast(31_536_000))).toEqual(query(2));
  });

  it("a forecast under uncertainty: the same, and one command more where a draw is to be remembered", async () => {
    await call("PUT", `/scenario/${testid}`, { body: { temperature_uncertainty: "low", seed: 1 } });
    expect(await cost(() => forecast(86_400))).toEqual(query(3));
    expect(await cost(() => forecast(86_400))).toEqual(query(2));
    // A refusal looks once more whether there is such a test at all, and remembers nothing.
    expect(await cost(() => forecast(172_801))).toEqual({ ...query(4), roundTrips: 2 });
    await call("PUT", `/scenario/${testid}`, { body: { temperature_uncertainty: "low" } });
    expect(await cost(() => forecast(86_400))).toEqual(query(2));
  });

  it("a user's tests: 1 round trip, a script with 2 reads, however many tests others have", async () => {
    expect(await cost(() => call("GET", `/users/${OWNER.name}/tests`, owners))).toEqual(query(3));
    await Promise.all(Array.from({ length: 10 }, () => selectTest()));
    expect(await cost(() => call("GET", `/users/${OWNER.name}/tests`, owners))).toEqual(query(3));
  });

  it("the test cases: 1 listing in S3, and 2 commands for the key, if one is sent", async () => {
    const listing = { roundTrips: 0, commands: 0, messages: 0, objects: 1 };
    expect(await cost(() => call("GET", "/testcases"))).toEqual(listing);
    expect(await cost(() => call("GET", "/testcases", owners))).toEqual({ ...listing, roundTrips: 1, commands: 2 });
  });

  it("version and the page of the API: nothing", async () => {
    const nothing = { roundTrips: 0, commands: 0, messages: 0, objects: 0 };
    for (const path of ["/version", "/docs", "/openapi.yaml"]) {
      expect(await cost(() => call("GET", path))).toEqual(nothing);
    }
  });
});

describe("what a change of scenario costs", () => {
  it("is no more than an advance: 4 round trips and 24 commands", async () => {
    const { roundTrips, commands, objects } = await cost(() =>
      call("PUT", `/scenario/${testid}`, { body: { electricity_price: "dynamic" } }),
    );
    expect(roundTrips).toBeLessThanOrEqual(4);
    expect(commands).toBeLessThanOrEqual(24);
    expect(objects).toBe(0);
  });
});

describe("what a select costs", () => {
  it("is at most 5 round trips with an account as well, and no object", async () => {
    await call("POST", "/testcases/testcase1/select", owners);
    const { roundTrips, objects } = await cost(() => call("POST", "/testcases/testcase1/select", owners));
    expect(roundTrips).toBeLessThanOrEqual(5);
    expect(objects).toBe(0);
  });
});
