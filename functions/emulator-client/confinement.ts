import type { Confinement } from "../emulator/confinement/confine.ts";
import { keys } from "../platform/keys.ts";
import { describeError, log } from "../platform/log.ts";
import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import type { Redis } from "../platform/redis.ts";

/** How often a process notes what has not changed, ms, and how long a note is kept, s. */
const NOTE_MS = 3_600_000;
const KEPT_SECONDS = 30 * 86_400;

/** How models were confined when one was last looked at. */
export interface NotedConfinement extends Confinement {
  /** ISO 8601. */
  readonly at: string;
}

/** Is told how the model was confined that a reply is of. */
export type NoteConfinement = (confinement: Confinement) => Promise<void>;

/**
 * Makes what counts models that are not confined in full, and notes for `/healthz` how models are confined: one command when that
 * changes, and once an hour. Never rejects.
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
      log("warn", "how models are confined is not noted", { error: describeError(error) });
    }
  };
}
