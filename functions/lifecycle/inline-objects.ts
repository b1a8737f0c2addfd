import { setTimeout as sleep } from "node:timers/promises";
import { log } from "../platform/log.ts";
import type { Objects } from "../platform/objects.ts";
import { NeedsWorker, onlyThese } from "./needs-worker.ts";

/** A larger object is a worker's to write: its client would wait too long. */
const MAX_OBJECT_BYTES = 1024 * 1024;
/** So many bytes of samples are too many for the api function: with those before them they may come to such an object. */
export const MANY_BYTES = MAX_OBJECT_BYTES / 2;
/** For so long a call waits for an object to be written, ms: less than its client waits, so that a worker can still take over. */
const CREATE_MS = 3_000;

/** Of objects, reading alone. */
export function readOnly({ read }: Pick<Objects, "read">): Objects {
  return onlyThese<Objects>({ read });
}

/**
 * The objects of a command that was claimed by the api function: it writes small ones as a worker does, create-only and before
 * the commit that names them. If that fails or takes long, the command is left to a worker. An object that is written all the
 * same is the one that the worker would write, which finds it.
 */
export function inlineObjects({ read, create }: Pick<Objects, "read" | "create">, createMs = CREATE_MS): Objects {
  return onlyThese<Objects>({
    read,
    create: async (key, body, headers) => {
      if (!(body instanceof Uint8Array) || body.length > MAX_OBJECT_BYTES) throw new NeedsWorker();
      const cancel = new AbortController();
      try {
        const late = sleep(createMs, undefined, { signal: cancel.signal }).then(() => {
          throw new Error(`It was not written within ${createMs} ms`);
        });
        return await Promise.race([create(key, body, headers), late]);
      } catch (error) {
        log("warn", "A command is left to a worker: its object was not written", { event: "object_left", key }, error);
        throw new NeedsWorker();
      } finally {
        cancel.abort();
      }
    },
  });
}
