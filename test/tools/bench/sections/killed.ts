import { ENV } from "../../../../functions/platform/environment.ts";
import claimScript from "../../../../functions/streams/claim.lua";
import { CUT } from "../../../../infra/local/http/cut.ts";
import { outcomeIn, runs, workersAt } from "../../../support/disturb.ts";
import { type Context, call, selectTests } from "../context.ts";
import { rounds } from "../stats.ts";
import { atMost, type Section } from "../table.ts";

/** The default lease, and the promised time after its end until another worker continues, s. */
const LEASE_SECONDS = 10;
const PROMISED_SECONDS = 5;
/** From this time after the start of the work, ms, the worker's doorbell follows its lease. Then the worker is killed. */
const FOLLOWS_MS = 200;

/** How long a client waits for a step whose worker is killed, without the sweeper. */
export async function killed(context: Context): Promise<Section> {
  const { quick, say } = context;
  const count = quick ? 1 : 5;
  const environment = { [ENV.inlineMs]: "0", [ENV.leaseMs]: String(LEASE_SECONDS * 1000) };
  const cloud = await context.cloud({ workers: 2, environment });
  const waits: number[] = [];
  for (let round = 1; round <= count; round++) {
    say(`round ${round} of ${count}`);
    const [testid = ""] = await selectTests(cloud.url, 1);
    let killedAt = 0;
    cloud.redisRest.intercept = async (sent) => {
      const reply = await sent.forward();
      if (killedAt > 0 || !runs(sent, claimScript, testid) || outcomeIn(reply) !== "claimed") return reply;
      killedAt = performance.now();
      await new Promise((resolve) => setTimeout(resolve, FOLLOWS_MS));
      for (const pid of workersAt(cloud, testid)) await cloud.host.kill(pid);
      return CUT;
    };
    await call(cloud.url, "POST", `/advance/${testid}`);
    waits.push((performance.now() - killedAt) / 1000);
    cloud.redisRest.intercept = undefined;
  }
  const waited = rounds(waits);
  return {
    title: "A worker that is killed in mid-step",
    tables: [
      {
        title: `From the claim of the worker that is killed until the client has its answer, lease of ${LEASE_SECONDS} s; s`,
        rounds: count,
        head: ["", "s"],
        rows: [["advance of an hour, testcase1", waited]],
      },
    ],
    notes: [
      "No sweeper runs: the doorbell of the killed worker comes back by itself, shortly after its lease is over.",
    ],
    targets: [atMost("answer after the claim of a worker that is killed, s", waited, LEASE_SECONDS + PROMISED_SECONDS)],
  };
}
