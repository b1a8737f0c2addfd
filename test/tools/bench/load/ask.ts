import type { ChildProcess } from "node:child_process";

/**
 * Sends an order to a program that answers each with one message. One order at a time.
 *
 * @throws Error if the program ends, or has ended, without an answer
 */
export async function ask<Answer>(child: ChildProcess, order: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const onMessage = (answer: unknown) => resolve(answer as Answer);
  const onExit = (code: number | null, signal: string | null) =>
    reject(new Error(`${child.spawnargs.at(-1)} has ended (${signal ?? code}) without an answer`));
  child.once("message", onMessage).once("exit", onExit);
  try {
    // No event reports a program that ended earlier: only `send` fails.
    child.send(order, (error) => error && reject(error));
    return await promise;
  } finally {
    child.off("message", onMessage).off("exit", onExit);
  }
}
