import { ModelElsewhere } from "../emulator-client/failure.ts";
import { log } from "../platform/log.ts";
import type { Execute } from "../streams/drain.ts";
import type { Dashboard, Ports } from "./context.ts";
import { makeExecute } from "./execute.ts";
import { NeedsWorker, onlyThese } from "./needs-worker.ts";
import { idsOf } from "./simulate/failures.ts";

/**
 * Commands that the api may carry out itself, with the time that they simulate (s); undefined where the command says it, or
 * simulates the test's step.
 */
export const INLINE_COMMANDS: ReadonlyMap<string, number | undefined> = new Map([
  ["advance", undefined],
  ["advance_with", undefined],
  ["advance_many", undefined],
  ["initialize", undefined],
  ["set_scenario", 0],
  ["set_step", 0],
  ["set_inputs", 0],
  ["pause", 0],
  ["restore", 0],
  ["delete_checkpoint", 0],
]);

/**
 * Carries out commands in the api function. It makes no cached objects, and others only as its `objects` allow: a command
 * that needs more is left to a worker, as if it had not begun.
 */
export function makeInlineExecute(
  ports: Pick<Ports, "redis" | "objects" | "catalog" | "clock">,
  dashboard?: Dashboard,
): Execute {
  const execute = makeExecute({
    ...ports,
    cache: onlyThese<Ports["cache"]>({}),
    ...(dashboard && { dashboard }),
  });
  return async (work, pace) => {
    try {
      return await execute(work, pace);
    } catch (error) {
      if (error instanceof NeedsWorker) return { kind: "suspend", progress: {} };
      if (!(error instanceof ModelElsewhere)) throw error;
      log("info", "A model's work is left to a worker", { event: "model_left", ...idsOf(work), reason: error.message });
      return { kind: "suspend", progress: error.isFallback ? { replays: "1" } : {} };
    }
  };
}
