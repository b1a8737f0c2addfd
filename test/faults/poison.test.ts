import { afterEach, expect, it } from "vitest";
import claimScript from "../../functions/streams/claim.lua";
import { CUT } from "../../infra/local/http/cut.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { runs, workersAt } from "../support/disturb.ts";
import { answerOf, expectAsUndisturbed, send } from "../support/disturbed-test.ts";
import { Oracle } from "../support/oracle.ts";

const cloud = useCloud({ workers: 2, environment: { LEASE_MS: "200", DOORBELL_GRACE_MS: "0" } });
const client = clientOf(cloud);

afterEach(() => {
  cloud().redisRest.intercept = undefined;
});

it("answers a request 500 after it killed three workers, leaves the state alone, and goes on with the next", async () => {
  const testid = await client.selectTest();
  const oracle = await Oracle.select("testcase1");
  let killed = 0;
  // A request that kills whoever computes it, in effect: its worker dies each time it has claimed it.
  cloud().redisRest.intercept = async (call) => {
    const reply = await call.forward();
    if (!runs(call, claimScript, testid) || !JSON.stringify(reply.body).includes("claimed") || killed === 3)
      return reply;
    killed++;
    for (const pid of workersAt(cloud(), testid)) void cloud().host.kill(pid);
    return CUT;
  };
  const poison = await send(client, "POST", `/advance/${testid}`, { oveAct_u: 1, oveAct_activate: 1 });
  const next = await send(client, "POST", `/advance/${testid}`);
  expect(await answerOf(client, poison, cloud())).toEqual({ status: 500, payload: null });
  expect(killed).toBe(3);
  expect(await answerOf(client, next, cloud())).toEqual({ status: 200, payload: await oracle.advance() });
  await expectAsUndisturbed(client, testid, oracle);
});
