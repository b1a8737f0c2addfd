import { keys } from "../../functions/platform/keys.ts";
import type { Cloud } from "../../infra/local/cloud.ts";
import type { Database } from "./database.ts";
import { call } from "./http.ts";

/** What is left of tests that were stopped, and should not be. Empty if all is as promised. */
export async function leftovers(cloud: Cloud, database: Database, stopped: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  const known = new Set(stopped);
  // Tests of selects that failed: nobody knows their ids but their index.
  for (const testid of (await database.command(["SMEMBERS", keys.userTests("anonymous")])) as string[]) {
    if (known.has(testid)) wrong.push(`${testid} was stopped, and is in the list of its user's tests`);
    await call(cloud.url, "PUT", `/stop/${testid}`);
    known.add(testid);
  }
  for (const key of (await database.command(["KEYS", "*"])) as string[]) {
    const testid = [...known].find((each) => key.includes(each));
    if (testid === undefined) continue;
    const lifetimeMs = Number(await database.command(["PTTL", key]));
    if (key === keys.response(testid) && lifetimeMs > 0 && lifetimeMs <= 60_000) continue;
    // It may have ended between the two commands.
    if (lifetimeMs !== -2) wrong.push(`the key ${key} is left, for another ${lifetimeMs} ms`);
  }
  for (const index of ["tests:active:*", "tests:outstanding:*"]) {
    for (const key of (await database.command(["KEYS", index])) as string[]) {
      const members = (await database.command(["ZRANGE", key, "0", "-1"])) as string[];
      for (const testid of members) if (known.has(testid)) wrong.push(`${testid} is left in ${key}`);
    }
  }
  return wrong;
}
