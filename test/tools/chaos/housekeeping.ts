import { setTimeout as sleep } from "node:timers/promises";
import { keys } from "../../../functions/platform/keys.ts";
import type { Database } from "./database.ts";

/**
 * The time without housekeeping before the faults end, ms. To delete orphans, housekeeping holds their tests' leases, for a
 * minute if it is killed, and clients must be answered sooner.
 */
const QUIET_MS = 75_000;
const AGAIN_MS = 5_000;

/** Makes housekeeping due with each sweep of a run of this length, except at its end: short runs have none. */
export async function haveHouseKept(database: Pick<Database, "command">, lengthMs: number): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const leftMs = startedAt + lengthMs - performance.now();
    if (leftMs <= 0) return;
    if (leftMs > QUIET_MS) await database.command(["DEL", keys.housekeeping()]);
    // Written repeatedly, because a running sweep may write its own progress once more.
    else await database.command(["HSET", keys.housekeeping(), ...through()]);
    await sleep(Math.min(AGAIN_MS, leftMs));
  }
}

/** The state of housekeeping that has just finished. */
function through(): string[] {
  return ["begunMs", String(Date.now()), "cache", "", "results", "", "packages", ""];
}

/** The number of finished housekeepings, and of deleted orphans, from the sweeper's log. */
export class Housekept {
  passes = 0;
  orphans = 0;

  read(name: string, line: string): void {
    if (name !== "sweeper" || !line.includes('"orphans":')) return;
    this.passes++;
    this.orphans += (JSON.parse(line) as { orphans: number }).orphans;
  }
}
