import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import { TAIL_BYTES } from "../../functions/results/recorder.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import { s3Error } from "../../infra/local/storage/faults.ts";
import type { StorageCall } from "../../infra/local/storage/operations.ts";
import { clientOf } from "../support/client.ts";
import { growth, until, useCloud } from "../support/cloud.ts";
import { expectAsUndisturbed } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";

const cloud = useCloud({ workers: 2, environment: { LEASE_MS: "2000", DOORBELL_GRACE_MS: "0" } });
const client = clientOf(cloud);
let redis: Redis;
let testid: string;
let oracle: Oracle;

/** The next step has a segment to write. */
beforeEach(async () => {
  redis = createRedis({ url: cloud().redisRest.url, token: cloud().redisRest.token });
  testid = await client.selectTest();
  oracle = await Oracle.select("testcase1");
  oracle.step = 86_400;
  await client.call("PUT", `/step/${testid}`, { body: { step: oracle.step } });
  while (Number(await redis.command(["HGET", keys.test(testid), "tail"])) < TAIL_BYTES) {
    await client.call("POST", `/advance/${testid}`, { body: {} });
    await oracle.advance();
  }
});
afterEach(() => {
  cloud().storage.faults.before = undefined;
  cloud().storage.faults.after = undefined;
});

const advance = () => client.call("POST", `/advance/${testid}`, { body: {}, headers: { "idempotency-key": "one" } });
const segments = async () => (await redis.command(["LRANGE", keys.segments(testid), 0, -1])) as string[];
const isSegment = (call: StorageCall) => call.operation === "PutObject" && call.key?.startsWith(`results/${testid}`);

/** Ends the process that answers this test's call. */
async function killApi(): Promise<void> {
  const busy = cloud()
    .host.busy("api")
    .find(({ running }) => JSON.stringify(running).includes(testid));
  await cloud().host.kill(busy?.pid ?? -1);
}

describe("an api process that writes a segment", () => {
  it.each(["before", "after"] as const)("can be killed right %s: the step takes effect once", async (when) => {
    let isKilled = false;
    cloud().storage.faults[when] = async (call: StorageCall) => {
      if (!isSegment(call) || isKilled) return undefined;
      isKilled = true;
      await killApi();
      return CUT;
    };
    const before = cloud().storage.counts();
    expect((await advance()).status).toBe(503);
    expect(await segments()).toEqual([]);
    await until("the sweeper to have it carried out", async () => {
      await cloud().tick();
      return (await redis.command(["XLEN", keys.request(testid)])) === 0 ? true : undefined;
    });
    expect(await advance()).toMatchObject({ status: 200, payload: await oracle.advance() });
    expect(await segments()).toHaveLength(1);
    // The worker wrote it again, or found it there.
    expect(growth(before, cloud().storage.counts()).PutObject).toBe(2);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("leaves the step to a worker where S3 refuses it", async () => {
    const before = cloud().storage.counts();
    const sent = () => growth(before, cloud().storage.counts()).SendMessage;
    cloud().storage.faults.before = (call) =>
      isSegment(call) && sent() === undefined ? s3Error(503, "SlowDown") : undefined;
    expect(await advance()).toMatchObject({ status: 200, payload: await oracle.advance() });
    expect(sent()).toBe(1);
    expect(await segments()).toHaveLength(1);
    await expectAsUndisturbed(client, testid, oracle);
  });

  it("commits nothing where the test was stopped meanwhile, and the segment is deleted with the test's", async () => {
    let written = "";
    cloud().storage.faults.after = async (call) => {
      if (!isSegment(call)) return undefined;
      written = call.key ?? "";
      await client.call("PUT", `/stop/${testid}`);
      return undefined;
    };
    const before = cloud().storage.counts();
    expect((await advance()).status).toBe(400);
    expect(written).toContain(`results/${testid}`);
    expect(await redis.command(["EXISTS", keys.test(testid), keys.segments(testid)])).toBe(0);
    await cloud().tick();
    expect(growth(before, cloud().storage.counts()).DeleteObjects).toBe(1);
  });
});
