import type { Confinement } from "../emulator/confinement/confinement.ts";
import { keys } from "../platform/keys.ts";
import { log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Redis } from "../platform/redis.ts";

/** How often a process notes an unchanged confinement, ms, and how long a note is kept, s. */
const NOTE_MS = 3_600_000;
const KEPT_SECONDS = 30 * 86_400;

/** The confinement of the latest model. */
export interface NotedConfinement extends Confinement {
  /** ISO 8601. */
  readonly at: string;
}

/** Receives the confinement of the model that replied. */
export type NoteConfinement = (confinement: Confinement) => Promise<void>;

/**
 * Makes a function that counts models without complete confinement, and notes for `/healthz` how models are confined: one
 * command for each change, and one per hour. Never rejects.
 *
 * @param clock wall clock, ms
 */
export function makeNoteConfinement(redis: Redis, clock: () => number): NoteConfinement {
  let noted = { what: "", ms: Number.NEGATIVE_INFINITY };
  return async ({ files, calls, user }) => {
    const nowMs = clock();
    if (!(files && calls && user)) count(METRICS.unconfined);
    const what = JSON.stringify({ files, calls, user });
    if (what === noted.what && nowMs - noted.ms < NOTE_MS) return;
    noted = { what, ms: nowMs };
    const value: NotedConfinement = { files, calls, user, at: new Date(nowMs).toISOString() };
    try {
      await redis.command(["SET", keys.confinement(), JSON.stringify(value), "EX", KEPT_SECONDS]);
    } catch (error) {
      log("warn", "Could not note how models are confined", { event: "confinement_not_noted" }, error);
    }
  };
}
