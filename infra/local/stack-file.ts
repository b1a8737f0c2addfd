import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { FUNCTIONS, type FunctionName } from "../bundle.ts";
import type { Cloud } from "./cloud.ts";

/** What a running stack leaves in its data folder, so that `npm run invoke` can find it. */
export interface Stack {
  pid: number;
  url: string;
  /** What each function is told there. */
  environments: Record<FunctionName, Record<string, string>>;
}

export function writeStack(file: string, cloud: Cloud): void {
  const environments = Object.fromEntries(FUNCTIONS.map((name) => [name, cloud.environment(name)]));
  const stack = { pid: process.pid, url: cloud.url, environments };
  // It holds the Redis token: nobody else's business.
  writeFileSync(file, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
}

export function removeStack(file: string): void {
  rmSync(file, { force: true });
}

/** The stack that runs now, if one does: the file of one that was killed is left behind. */
export function findStack(file: string): Stack | undefined {
  try {
    const stack: Stack = JSON.parse(readFileSync(file, "utf8"));
    process.kill(stack.pid, 0);
    return stack;
  } catch {
    return undefined;
  }
}
