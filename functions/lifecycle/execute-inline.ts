import { ModelElsewhere } from "../emulator-client/failure.ts";
import type { Execute } from "../streams/drain.ts";
import { makeExecute } from "./execute.ts";
import type { Dashboard, Ports } from "./ports.ts";

/** Commands that the api may carry out itself, with what they simulate (s); undefined stands for the test's step. */
export const INLINE_COMMANDS: ReadonlyMap<string, number | undefined> = new Map([
  ["advance", undefined],
  ["advance_with", undefined],
  ["advance_many", undefined],
  ["set_step", 0],
  ["restore", 0],
  ["delete_checkpoint", 0],
]);

/** The command turned out to need what only a worker has. */
class NeedsWorker extends Error {
  override readonly name = "NeedsWorker";
}

/**
 * Carries out commands in the api function, which may read result segments, and write neither those nor cached objects:
 * what comes to need more is left to a worker, as if it had never been begun.
 */
export function makeInlineExecute(
  ports: Pick<Ports, "redis" | "objects" | "catalog" | "clock">,
  dashboard?: Dashboard,
): Execute {
  const { redis, catalog, clock } = ports;
  const objects = forWorkers<Ports["objects"]>({ read: ports.objects.read });
  const execute = makeExecute({
    redis,
    clock,
    objects,
    catalog,
    cache: forWorkers({}),
    ...(dashboard && { dashboard }),
  });
  return async (work, pace) => {
    try {
      return await execute(work, pace);
    } catch (error) {
      if (error instanceof NeedsWorker || error instanceof ModelElsewhere) return { kind: "suspend", progress: {} };
      throw error;
    }
  };
}

/** A port that refuses every call but those that are given. */
function forWorkers<Port extends object>(given: Partial<Port>): Port {
  const refuse = () => {
    throw new NeedsWorker();
  };
  return new Proxy(given as Port, { get: (calls, name) => Reflect.get(calls, name) ?? refuse });
}
