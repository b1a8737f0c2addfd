import { keys } from "../../functions/platform/keys.ts";
import { readHolder } from "../../functions/streams/share.ts";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import type { Client } from "./client.ts";
import { redisOf } from "./state.ts";

/** A run as `GET /tests/{testid}/run` tells it. */
export interface ToldRun {
  readonly status: "running" | "paused" | "ended";
  readonly reason: string | null;
  readonly speed: number | "max";
  readonly time: number;
  readonly steps: number;
  readonly behind: number;
  readonly late: { readonly steps: number; readonly most: number; readonly last: readonly Record<string, unknown>[] };
}

/** A run in the test's record. */
type Kept = Record<string, unknown> & { readonly id: string; readonly steps: number; readonly beganMs: number };

const keptRun = async (cloud: Cloud, testid: string): Promise<Kept> =>
  JSON.parse((await redisOf(cloud).command(["HGET", keys.test(testid), "run"])) as string);

/**
 * As if the run had begun so much earlier, s: its steps are due without anybody waiting for them. No worker may be at the
 * test.
 *
 * @param most the most steps of one commit from then on
 */
export async function passRunTime(cloud: Cloud, testid: string, seconds: number, most = 500): Promise<void> {
  const run = await keptRun(cloud, testid);
  const earlier = { ...run, beganMs: run.beganMs - seconds * 1000, most };
  await redisOf(cloud).command(["HSET", keys.test(testid), "run", JSON.stringify(earlier), "stamp", ""]);
}

/** The doorbell for the run's next step, as workers ring it. */
export async function bellOf(cloud: Cloud, testid: string): Promise<string> {
  const { id, steps } = await keptRun(cloud, testid);
  const holder = await readHolder(redisOf(cloud), testid);
  return JSON.stringify({ testid, holder, run: { id, step: steps } });
}

export async function toldRun(client: Client, testid: string): Promise<ToldRun> {
  return (await client.call<ToldRun>("GET", `/tests/${testid}/run`)).payload;
}

/** The steps of the test's runs in the order of their answers, `[first, last]` for each commit. */
export async function stepsAnswered(cloud: Cloud, testid: string): Promise<[number, number][]> {
  const answers = (await redisOf(cloud).command(["XRANGE", keys.response(testid), "-", "+"])) as [string, string[]][];
  return answers.flatMap(([, fields]) => {
    const taken = /The run has taken steps (\d+) to (\d+),/.exec(fields.join(" "));
    return taken === null ? [] : [[Number(taken[1]), Number(taken[2])] as [number, number]];
  });
}
