import { keys } from "../../../functions/platform/keys.ts";
import { createRedis, type Redis } from "../../../functions/platform/redis.ts";
import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import { type Client, clientOf } from "../../support/client.ts";
import { useCloud } from "../../support/cloud.ts";
import { ALICE } from "../../support/fmu.ts";

/** One answer of a batch. */
export interface Answer {
  readonly responseid: string;
  readonly responsedata: { status: number; message: string; payload: unknown; with?: never; url?: string };
}

/** What the suites of messages share. */
export interface Scene {
  readonly cloud: () => Cloud;
  readonly client: Client;
  readonly redis: () => Redis;
  /** Sends a batch that must be answered 200. */
  readonly send: (messages: readonly unknown[], headers?: Record<string, string>) => Promise<Answer[]>;
  /** Selects so many tests. */
  readonly select: (count: number) => Promise<string[]>;
  readonly revisionOf: (testid: string) => Promise<number>;
}

export function useScene(): Scene {
  const cloud = useCloud({ workers: 2, accounts: [ALICE] });
  const client = clientOf(cloud);
  const redis = () => createRedis({ url: cloud().redisRest.url, token: cloud().redisRest.token });
  return {
    cloud,
    client,
    redis,
    send: async (messages, headers = {}) => {
      const { status, json, text } = await client.call("POST", "/batch", { body: messages, headers });
      if (status !== 200) throw new Error(text);
      return json as Answer[];
    },
    select: (count) => Promise.all(Array.from({ length: count }, () => client.selectTest())),
    revisionOf: async (testid) => Number(await redis().command(["HGET", keys.test(testid), "revision"])),
  };
}

export const message = (testid: string, method: string, params: unknown = {}, more: object = {}) => ({
  requestid: `${testid} ${method}`,
  testid,
  method,
  params,
  ...more,
});
export const dataOf = (answers: readonly Answer[]) => answers.map(({ responsedata }) => responsedata);
export const statusesOf = (answers: readonly Answer[]) => dataOf(answers).map(({ status }) => status);
export const INPUTS = { oveAct_u: 500, oveAct_activate: 1 };
