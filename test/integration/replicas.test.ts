import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type CallOptions, clientOf } from "../support/client.ts";
import { until, useCloud } from "../support/cloud.ts";

/** Longer than it takes to start a process for the next call: what a replica serves then is old. */
const LAG_MS = 2500;

const OWNER = { name: "owner", key: "owner's key", privileged: false };

/**
 * Calls of one client come to many processes, which know nothing of each other, and reads to replicas that are behind.
 * BOPTEST's clients bring nothing along from one call to the next, no cookie and no token.
 */
describe("on a database whose replicas are behind", () => {
  const cloud = useCloud({ replicaLagMs: LAG_MS, accounts: [OWNER] });
  const { call } = clientOf(cloud);

  /** A call that a process of its own answers, which has never spoken to the database before. */
  async function fresh<Payload>(method: string, path: string, options: CallOptions = {}) {
    const { host } = cloud();
    for (const pid of host.pids("api")) process.kill(pid, "SIGKILL");
    await until("the api's processes to be gone", () => (host.pids("api").length === 0 ? true : undefined));
    return await call<Payload>(method, path, options);
  }

  it("each query sees what the command before it was answered, though no process has seen it", async () => {
    const headers = { authorization: OWNER.key };
    const selected = await fresh("POST", "/testcases/testcase1/select", { headers });
    const { testid } = selected.json as { testid: string };
    expect((await fresh("GET", `/status/${testid}`)).text).toBe('"Running"');
    expect((await fresh("GET", `/users/${OWNER.name}/tests`, { headers })).json).toEqual([testid]);

    await fresh("PUT", `/step/${testid}`, { body: { step: 3600 } });
    expect((await fresh("GET", `/step/${testid}`)).payload).toBe(3600);

    const body = { oveAct_u: 2000, oveAct_activate: 1 };
    const advanced = await fresh<Record<string, number>>("POST", `/advance/${testid}`, { body });
    expect(advanced.payload).toMatchObject({ time: 3600 });
    const { payload: kpis } = await fresh<Record<string, number>>("GET", `/kpi/${testid}`);
    expect(kpis.ener_tot).toBeGreaterThan(0);
    const wanted = { point_names: ["TRooAir_y"], start_time: 0, final_time: 3600 };
    const results = await fresh<{ time: number[] }>("PUT", `/results/${testid}`, { body: wanted });
    expect(results.payload.time.at(-1)).toBe(3600);

    await fresh("PUT", `/scenario/${testid}`, { body: { electricity_price: "dynamic" } });
    expect((await fresh("GET", `/scenario/${testid}`)).payload).toMatchObject({ electricity_price: "dynamic" });

    await fresh("POST", `/checkpoints/${testid}`, { body: { name: "here" } });
    const listed = await fresh<{ name: string }[]>("GET", `/checkpoints/${testid}`);
    expect(JSON.stringify(listed.payload)).toContain('"here"');

    expect((await fresh("PUT", `/stop/${testid}`)).status).toBe(200);
    expect((await fresh("GET", `/status/${testid}`)).status).toBe(400);
    expect((await fresh("GET", `/kpi/${testid}`)).status).toBe(400);
  });

  it("a replica would have served what is old", async () => {
    const { redisRest } = cloud();
    const ask = async (...command: string[]) => {
      const headers = { authorization: `Bearer ${redisRest.token}` };
      const response = await fetch(redisRest.url, { method: "POST", headers, body: JSON.stringify(command) });
      return ((await response.json()) as { result: unknown }).result;
    };
    await ask("SET", "probe", "1");
    expect(await ask("GET", "probe")).toBeNull();
    await delay(LAG_MS);
    expect(await until("the replica to have it", async () => (await ask("GET", "probe")) ?? undefined)).toBe("1");
  });
});
