import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import type { ClientOptions } from "./client.ts";
import { inputsOf, type Manner } from "./commands.ts";
import { gather, stop } from "./end.ts";
import { type Call, Violation } from "./history.ts";
import { randomOf } from "./random.ts";
import { select } from "./select.ts";
import { send } from "./send.ts";
import { setBack } from "./set-backs.ts";

/** Steps before the database goes back, steps that it loses, and steps after it. */
const KEPT = 3;
const LOST = 2;
const AFTER = 3;

/**
 * The database goes back while there is but one client, so that all its calls come to the same api process: this remembers the
 * revision that is lost when workers have brought the test to that very revision again, and gets the next step. Amid other
 * clients that is rare.
 *
 * @throws Violation
 */
export async function setBackInQuiet(cloud: Cloud, options: Omit<ClientOptions, "number" | "uploaded">): Promise<void> {
  const random = randomOf(options.seed, "quiet");
  const testcaseid = "testcase1";
  const testid = await select(options, random, testcaseid);
  options.onTest(testid);
  const calls: Call[] = [];
  const steps = async (count: number, manner: Partial<Manner> = {}) => {
    for (let i = 0; i < count; i++) {
      const command = { method: "advance", body: inputsOf(random, testcaseid, random.next()) } as const;
      calls.push(await send(options, testid, command, { key: random.uuid(), prefer: undefined, ...manner }));
    }
  };
  await steps(KEPT);
  await setBack(cloud, options.setBacks, () => steps(LOST));
  await steps(LOST, { prefer: "respond-async" });
  await steps(AFTER);
  const remains = await gather(options, options.database, testid);
  if (remains === undefined) throw new Violation(`${testid} was given up when nothing failed`);
  await stop(options, testid, { key: random.uuid(), mayBeGone: false });
  options.onStopped(testid, remains);
  await options.onLife({ testid, testcaseid, calls, rollouts: [], forks: [], remains });
}
