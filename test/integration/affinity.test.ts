import { expect, it } from "vitest";
import { commandedTest } from "../../infra/local/cloud/commanded-test.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { costOf } from "../support/cost.ts";

const cloud = useCloud({ workers: 2, affinity: true });
const client = clientOf(cloud);

async function warmTest(): Promise<string> {
  const testid = await client.selectTest();
  await client.call("PUT", `/step/${testid}`, { body: { step: 3600 } });
  await client.call("POST", `/advance/${testid}`, { body: {} });
  return testid;
}

it("advances of eight tests at once are one round trip each: each is asked of the process that remembers it", async () => {
  const testids = await Promise.all(Array.from({ length: 8 }, warmTest));
  const cost = await costOf(cloud(), async () => {
    const advances = testids.map(async (testid) => {
      for (let i = 0; i < 10; i++) await client.call("POST", `/advance/${testid}`, { body: {} });
    });
    await Promise.all(advances);
  });
  expect(cost).toMatchObject({ roundTrips: 80, commands: 720, messages: 0, polls: 0, objects: 0 });
});

it("commands go by their test, and queries to any process", () => {
  const pathParameters = { testid: "a" };
  const testOf = (routeKey: string) => commandedTest({ routeKey, pathParameters });
  expect(["POST /advance/{testid}", "PUT /step/{testid}", "DELETE /tests/{testid}/run"].map(testOf)).toEqual([
    "a",
    "a",
    "a",
  ]);
  const queries = ["GET /step/{testid}", "PUT /results/{testid}", "PUT /forecast/{testid}"];
  expect(queries.map(testOf)).toEqual([undefined, undefined, undefined]);
  expect(commandedTest({ routeKey: "POST /batch" })).toBeUndefined();
});
