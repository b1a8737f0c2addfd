import type { Execute } from "../streams/drain.ts";
import { makeExecute } from "./execute.ts";
import type { Ports } from "./ports.ts";

/** Commands that the api may carry out itself, with what they simulate (s); undefined stands for the test's step. */
export const INLINE_COMMANDS: ReadonlyMap<string, number | undefined> = new Map([
  ["advance", undefined],
  ["set_step", 0],
]);

/** The command turned out to need what only a worker has. */
class NeedsWorker extends Error {
  override readonly name = "NeedsWorker";
}

/**
 * Carries out commands in the api function, which may write neither segments nor cached objects: what comes to need one
 * is left to a worker, as if it had never been begun.
 */
export function makeInlineExecute(ports: Pick<Ports, "redis" | "clock">): Execute {
  const execute = makeExecute({ ...ports, objects: forWorkers(), cache: forWorkers(), dashboardUrl: "" });
  return async (work, pace) => {
    try {
      return await execute(work, pace);
    } catch (error) {
      if (error instanceof NeedsWorker) return { kind: "suspend", progress: {} };
      throw error;
    }
  };
}

/** A port that refuses every call. */
function forWorkers<Port extends object>(): Port {
  return new Proxy<Port>({} as Port, {
    get: () => () => {
      throw new NeedsWorker();
    },
  });
}
