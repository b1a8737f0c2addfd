import { afterAll, beforeAll } from "vitest";
import { ENV } from "../../functions/platform/environment.ts";
import { type Cloud, type CloudOptions, startCloud } from "../../infra/local/cloud/cloud.ts";
import { REPLICA_LAG_MS } from "./redis.ts";

/** Verifying a model starts a process for each 12 hours. Tests that are not about this compare few hours. */
const VERIFY_HOURS = "6";

/**
 * One cloud of its own for the tests of a file or a `describe`: started before the first, stopped after the last.
 * Returns how to reach it from within a test.
 */
export function useCloud(options: CloudOptions | (() => CloudOptions) = {}): () => Cloud {
  let cloud: Cloud | undefined;
  beforeAll(async () => {
    // The sweeper runs when a test says so, unless it asks for a schedule.
    const { environment, ...others } = typeof options === "function" ? options() : options;
    cloud = await startCloud({
      scheduleSeconds: 0,
      replicaLagMs: REPLICA_LAG_MS,
      environment: { [ENV.verifyHours]: VERIFY_HOURS, ...environment },
      ...others,
    });
  });
  afterAll(async () => {
    await cloud?.stop();
  });
  return () => {
    if (cloud === undefined) throw new Error("The cloud runs only within tests");
    return cloud;
  };
}

/** Waits until `probe` returns something other than undefined; for what has no event to wait for. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  limitMs = 20_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until no worker is at work and no doorbell waits. */
export async function untilQuiet({ doorbells, host }: Pick<Cloud, "doorbells" | "host">): Promise<void> {
  await until("no worker to be at work, and no doorbell to wait", () => {
    const { visible, inFlight } = doorbells.depth();
    return visible + inFlight === 0 && host.busy("worker").length === 0 ? true : undefined;
  });
}

/** How much each of two counts has grown: what happened in between. */
export function growth(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const grown = Object.entries(after).map(([name, count]): [string, number] => [name, count - (before[name] ?? 0)]);
  return Object.fromEntries(grown.filter(([, count]) => count !== 0));
}
