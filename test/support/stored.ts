import { keys } from "../../functions/platform/keys.ts";
import { stateKey } from "../../functions/results/state.ts";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { bucketOf, redisOf } from "./state.ts";

/** What a committed step has stored, bytes. */
export interface Stored {
  /** The model's state, in Redis or as an object. */
  readonly state: number;
  /** The rest of the test's record: inputs, sums of KPIs, times. */
  readonly record: number;
  /** The step's samples. */
  readonly samples: number;
  /** The answer. */
  readonly answer: number;
  readonly total: number;
}

/** What the last step of a test has stored. It must be a step whose samples are in Redis: all but one of some ten. */
export async function storedBy(cloud: Cloud, testid: string): Promise<Stored> {
  const redis = redisOf(cloud);
  const read = async (command: readonly [string, ...string[]]) => (await redis.command(command)) as string[];
  const fields = await read(["HGETALL", keys.test(testid)]);
  const written = fields.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const { emulator = null } = JSON.parse(fields[fields.indexOf("state") + 1] ?? "{}") as { emulator?: string | null };
  const key = stateKey(emulator ?? "");
  const object = key === undefined ? undefined : await bucketOf(cloud).read(key);
  const [chunk = ""] = await read(["LRANGE", keys.results(testid), "-1", "-1"]);
  const [answer] = (await redis.command(["XREVRANGE", keys.response(testid), "+", "-", "COUNT", 1])) as [
    string,
    string[],
  ][];
  const inRecord = emulator?.length ?? 0;
  const state = object?.length ?? inRecord;
  const parts = {
    state,
    record: written - (object === undefined ? inRecord : 0),
    samples: Buffer.byteLength(chunk),
    answer: (answer?.[1] ?? []).reduce((sum, text) => sum + Buffer.byteLength(text), 0),
  };
  return { ...parts, total: parts.state + parts.record + parts.samples + parts.answer };
}
