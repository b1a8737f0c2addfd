import { keys } from "../../functions/platform/keys.ts";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { CUT } from "../../infra/local/http/cut.ts";
import type { Reply, RestCall } from "../../infra/local/redis/rest-server.ts";
import { passLeaseTime } from "./lease-time.ts";
import { redisOf } from "./state.ts";

/**
 * The processes of all workers that are at a test. More than one may be: a doorbell too many is heard by a worker that
 * finds the test taken, and one that has answered may not have left yet. Who sent a call, only all of them include.
 */
export function workersAt(cloud: Cloud, testid: string): number[] {
  return cloud.host
    .busy("worker")
    .filter(({ running }) => running.some(({ event }) => JSON.stringify(event).includes(testid)))
    .map(({ pid }) => pid);
}

/** Whether a call runs this script for this test. */
export function runs(call: RestCall, script: string, testid: string): boolean {
  return call.scripts[0] === script && JSON.stringify(call.commands[0]).includes(testid);
}

/**
 * Kills all workers that are at these tests, and lets the time of their leases pass. Whoever calls this sees to it that
 * somebody is called to the tests again. One who has come meanwhile loses the lease with the others, and takes it again.
 *
 * @throws Error if no worker is at any of them
 */
export async function killWorkersAt(cloud: Cloud, ...testids: string[]): Promise<void> {
  const pids = new Set(testids.flatMap((testid) => workersAt(cloud, testid)));
  if (pids.size === 0) throw new Error(`no worker is at ${testids.join(", ")}`);
  await Promise.all([...pids].map((pid) => cloud.host.kill(pid)));
  for (const testid of testids) await passLeaseTime(redisOf(cloud), testid);
}

/** What scripts answer that had no effect. */
const IN_VAIN = new Set(["unknown", "idle", "busy", "lost", undefined]);

/**
 * Kills the worker of a test the next time it calls a script: before that takes effect, or after it did but before the
 * worker hears of it. Who heard a doorbell too many and has nothing to do is left alone: the next call is waited for.
 * Resolves when the worker is dead, and with it who else was at the test, and its lease is over.
 */
export function killWorkerAt(cloud: Cloud, testid: string, script: string, when: "before" | "after"): Promise<void> {
  return new Promise((resolve, reject) => {
    intercept(cloud, script, testid, async (call) => {
      const isBefore = when === "before" && (await redisOf(cloud).command(["XLEN", keys.request(testid)])) !== 0;
      if (!isBefore) {
        const reply = await call.forward();
        // A doorbell too many may be heard just before the request comes. Its worker then has the request, and is killed late.
        if (IN_VAIN.has(outcomeIn(reply))) return reply;
      }
      cloud.redisRest.intercept = undefined;
      await killWorkersAt(cloud, testid).then(resolve, reject);
      return CUT;
    });
  });
}

/** Lets `handle` answer every call of a script for a test; all other calls go through. */
export function intercept(
  cloud: Cloud,
  script: string,
  testid: string,
  handle: (call: RestCall) => Promise<Reply | typeof CUT>,
): void {
  cloud.redisRest.intercept = (call) => (runs(call, script, testid) ? handle(call) : call.forward());
}

/** What a script answered, as the Redis REST server passes it on. */
export function outcomeIn(reply: Reply): string | undefined {
  const { result } = reply.body as { result?: unknown };
  return Array.isArray(result) && typeof result[0] === "string" ? result[0] : undefined;
}
