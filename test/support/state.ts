import { keys } from "../../functions/platform/keys.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import type { Cloud } from "../../infra/local/cloud.ts";

/** The cloud's Redis, as the functions reach it. */
export function redisOf({ gateway }: Pick<Cloud, "gateway">): Redis {
  return createRedis({ url: gateway.url, token: gateway.token });
}

/** What every answer moves on, errors included, and what hangs on the wall clock. */
const NO_STATE = new Set(["revision", "timestamp", "renewed", "timing"]);

/** All that a test is, as committed: its hash (state, points, step, scenario, …) and its results. */
export interface TestState {
  readonly fields: Readonly<Record<string, string>>;
  readonly results: readonly string[];
  readonly segments: readonly string[];
}

export async function stateOf(cloud: Pick<Cloud, "gateway">, testid: string): Promise<TestState> {
  const redis = redisOf(cloud);
  const flat = (await redis.command(["HGETALL", keys.test(testid)])) as string[];
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? "", flat[i + 1] ?? ""]);
  return {
    fields: Object.fromEntries(pairs.filter(([name]) => !NO_STATE.has(name)).sort()),
    results: (await redis.command(["LRANGE", keys.results(testid), 0, -1])) as string[],
    segments: (await redis.command(["LRANGE", keys.segments(testid), 0, -1])) as string[],
  };
}
