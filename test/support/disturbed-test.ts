import { expect } from "vitest";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import type { Client } from "./client.ts";
import { until } from "./cloud.ts";
import type { Oracle } from "./oracle.ts";

type Payload = Record<string, unknown>;

/** Sends a command without waiting for its answer. @returns where the answer will be */
export async function send(client: Client, method: string, path: string, body: unknown = {}): Promise<string> {
  const accepted = await client.call(method, path, { body, headers: { prefer: "respond-async" } });
  expect(accepted.status).toBe(202);
  return accepted.headers.get("location") ?? "";
}

/** An answer, once it is there. While waiting, the sweeper runs as its schedule would, only more often. */
export async function answerOf(
  client: Client,
  location: string,
  cloud?: Cloud,
): Promise<{ status: number; payload: Payload }> {
  return await until(`an answer at ${location}`, async () => {
    const answer = await client.call<Payload>("GET", location);
    if (answer.status !== 202) return { status: answer.status, payload: answer.payload };
    await cloud?.tick();
    return undefined;
  });
}

/** The test's results, KPIs (`time_rat` apart) and current values are those of an undisturbed run, bit for bit. */
export async function expectAsUndisturbed(client: Client, testid: string, oracle: Oracle): Promise<void> {
  const points = await client.call<Payload>("GET", `/points/${testid}`);
  expect(points.payload).toEqual(oracle.points);
  const { payload: kpis } = await client.call<Payload>("GET", `/kpi/${testid}`);
  const { time_rat: _, ...others } = kpis;
  expect(others).toEqual(oracle.kpis());
  const names = Object.keys(oracle.points).filter((name) => name !== "time");
  await expectSamples(client, testid, oracle, names);
}

/** All samples of these points, and their times, are those of an undisturbed run, bit for bit. */
export async function expectSamples(
  client: Client,
  testid: string,
  oracle: Oracle,
  names: readonly string[],
): Promise<void> {
  const results = await client.call<Record<string, number[]>>("PUT", `/results/${testid}`, {
    body: { point_names: names, start_time: "-inf", final_time: "inf" },
  });
  expect(results.status).toBe(200);
  for (const name of ["time", ...names]) {
    // Compared as text: a million numbers at once, and every bit of them.
    expect(JSON.stringify(results.payload[name]) === JSON.stringify(oracle.samples(name)), name).toBe(true);
  }
}
