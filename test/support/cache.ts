import { afterAll, beforeAll } from "vitest";
import { type CacheStack, startCacheStack } from "./cache-stack.ts";

export { disagreements, passLockTime } from "./cache-stack.ts";

/** One stack for the tests of a file. */
export function useCacheStack(): () => CacheStack {
  let stack: CacheStack | undefined;
  beforeAll(async () => {
    stack = await startCacheStack();
  });
  afterAll(async () => {
    await stack?.stop();
  });
  return () => {
    if (stack === undefined) throw new Error("The stack runs only within tests");
    return stack;
  };
}
