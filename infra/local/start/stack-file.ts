import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { FUNCTIONS, type FunctionName } from "../../bundle.ts";
import type { Cloud } from "../cloud/cloud.ts";

/** A running stack writes this file to its data folder, so that `npm run invoke` finds the stack. */
export interface Stack {
  pid: number;
  url: string;
  /** The environment of each function. */
  environments: Record<FunctionName, Record<string, string>>;
}

export function writeStack(file: string, cloud: Cloud): void {
  const environments = Object.fromEntries(FUNCTIONS.map((name) => [name, cloud.environment(name)]));
  const stack = { pid: process.pid, url: cloud.url, environments };
  // It contains the Redis token, so only this user may read it.
  writeFileSync(file, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
}

export function removeStack(file: string): void {
  rmSync(file, { force: true });
}

/** The running stack; undefined if none runs. A stack that was killed leaves its file. */
export function findStack(file: string): Stack | undefined {
  try {
    const stack: Stack = JSON.parse(readFileSync(file, "utf8"));
    process.kill(stack.pid, 0);
    return stack;
  } catch {
    return undefined;
  }
}
