import { keys } from "../../functions/platform/keys.ts";
import { type Bucket, createObjects, objectKeys } from "../../functions/platform/objects.ts";
import { createRedis, type Redis } from "../../functions/platform/redis.ts";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";

/** The cloud's Redis, as the functions reach it. */
export function redisOf({ redisRest }: Pick<Cloud, "redisRest">): Redis {
  return createRedis({ url: redisRest.url, token: redisRest.token });
}

/** The cloud's bucket, as the functions reach it. */
export function bucketOf({ environment }: Pick<Cloud, "environment">): Bucket {
  const { AWS_ENDPOINT_URL_S3 = "", AWS_REGION = "", BUCKET = "" } = environment("worker");
  // The SDK reads these where it is called, and there is one cloud at a time in a test's process.
  Object.assign(process.env, { AWS_ENDPOINT_URL_S3, AWS_REGION });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" });
  return createObjects(BUCKET);
}

/** The keys of all result segments and checkpoints with this text in them. */
export async function resultObjects(cloud: Pick<Cloud, "environment">, text = ""): Promise<string[]> {
  const { objects, more } = await bucketOf(cloud).list(objectKeys.results);
  if (more) throw new Error("more objects than one page of a listing has");
  return objects.map(({ key }) => key).filter((key) => key.includes(text));
}

/** What every answer moves on, errors included, and what hangs on the wall clock. */
const NO_STATE = new Set(["revision", "timestamp", "renewed", "timing", "stamp"]);

/** All that a test is, as committed: its hash (state, points, step, scenario, …) and its results. */
export interface TestState {
  readonly fields: Readonly<Record<string, string>>;
  readonly results: readonly string[];
  readonly segments: readonly string[];
}

export async function stateOf(cloud: Pick<Cloud, "redisRest">, testid: string): Promise<TestState> {
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
