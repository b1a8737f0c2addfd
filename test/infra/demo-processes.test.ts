import { beforeAll, expect, it } from "vitest";
import { Client } from "../../infra/local/demo/client.ts";
import { describeNewProcesses, runByNewProcesses } from "../../infra/local/demo/new-processes.ts";
import { STEPS_PER_DAY } from "../../infra/local/demo/week.ts";
import { clientOf } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { ROOT, uploadFmu } from "../support/fmu.ts";

const STEPS = 8;
// Nothing is computed a second time for a check.
const cloud = useCloud({ accounts: [ROOT], environment: { STATE_CHECKS_PER_10000: "0" } });

beforeAll(async () => {
  await uploadFmu(clientOf(cloud), "cs-replay", "/testcases/stateless");
});

it("the demonstration's building without a state is stepped by ever new processes, and no step is done again", async () => {
  const client = new Client(cloud().url);
  expect(await client.remark("stateless")).toContain("image");
  const outcome = await runByNewProcesses(cloud(), client, "stateless", { days: STEPS / STEPS_PER_DAY });
  const { work, newMs, same } = outcome;
  expect(newMs).toHaveLength(STEPS);
  // A process for each step, and the one that was put to the end of the warm-up, which tests share.
  expect(work.pids.size).toBe(STEPS);
  expect(work).toMatchObject({ advances: STEPS, replays: 0 });
  expect(same).toBe(true);
  expect(describeNewProcesses(outcome)).toContain(
    `${STEPS} steps by ${STEPS} processes, which were asked for ${STEPS} advances, 0 of them replays`,
  );
});
