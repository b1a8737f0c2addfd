import type { Cloud } from "../../infra/local/cloud.ts";
import { CUT } from "../../infra/local/cut.ts";
import type { GatewayCall, Reply } from "../../infra/local/gateway.ts";

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
export function runs(call: GatewayCall, script: string, testid: string): boolean {
  return call.scripts[0] === script && JSON.stringify(call.commands[0]).includes(testid);
}

/**
 * Kills the worker of a test the next time it calls a script: before that takes effect, or after it did but before the
 * worker hears of it. Resolves when it is dead, and with it who else was at the test.
 */
export function killWorkerAt(cloud: Cloud, testid: string, script: string, when: "before" | "after"): Promise<void> {
  return new Promise((resolve, reject) => {
    intercept(cloud, script, testid, async (call) => {
      cloud.gateway.intercept = undefined;
      if (when === "after") await call.forward();
      const killed = workersAt(cloud, testid).map((pid) => cloud.host.kill(pid));
      if (killed.length === 0) reject(new Error(`no worker is at ${testid}`));
      else Promise.all(killed).then(() => resolve(), reject);
      return CUT;
    });
  });
}

/** Lets `handle` answer every call of a script for a test; all other calls go through. */
export function intercept(
  cloud: Cloud,
  script: string,
  testid: string,
  handle: (call: GatewayCall) => Promise<Reply | typeof CUT>,
): void {
  cloud.gateway.intercept = (call) => (runs(call, script, testid) ? handle(call) : call.forward());
}

/** What a script answered, as the gateway passes it on. */
export function outcomeIn(reply: Reply): string | undefined {
  const { result } = reply.body as { result?: unknown };
  return Array.isArray(result) && typeof result[0] === "string" ? result[0] : undefined;
}
