import type { Cloud } from "../../../infra/local/cloud/cloud.ts";

/** Resolves when a function makes its next call that begins with these words, before it hears of it. */
export function nextCall({ redisRest }: Cloud, ...words: string[]): Promise<void> {
  const called = Promise.withResolvers<void>();
  redisRest.intercept = async ({ commands, forward }) => {
    const reply = await forward();
    if (commands.some((command) => words.every((word, index) => command[index] === word))) called.resolve();
    return reply;
  };
  return called.promise;
}
