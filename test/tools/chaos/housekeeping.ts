import { setTimeout as sleep } from "node:timers/promises";
import { keys } from "../../../functions/platform/keys.ts";
import type { Database } from "./database.ts";

/**
 * For so long before the faults end nobody keeps house, ms: to delete orphans it holds their tests' leases, for a minute if it
 * is killed meanwhile, and then who waits is to be answered sooner.
 */
const QUIET_MS = 75_000;
const AGAIN_MS = 5_000;

/** Makes the housekeeping due with each sweep of a run of so long, but for its end: short runs have none. */
export async function haveHouseKept(database: Pick<Database, "command">, lengthMs: number): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const leftMs = startedAt + lengthMs - performance.now();
    if (leftMs <= 0) return;
    if (leftMs > QUIET_MS) await database.command(["DEL", keys.housekeeping()]);
    // A sweep that is under way may write how far it is once more, so this is said more than once, too.
    else await database.command(["HSET", keys.housekeeping(), ...through()]);
    await sleep(Math.min(AGAIN_MS, leftMs));
  }
}

/** A pass that has come to its end just now. */
function through(): string[] {
  return ["begunMs", String(Date.now()), "cache", "", "results", "", "packages", ""];
}

/** How often the housekeeping passed, and how many orphans it deleted, by the sweeper's log. */
export class Housekept {
  passes = 0;
  orphans = 0;

  read(name: string, line: string): void {
    if (name !== "sweeper" || !line.includes('"orphans":')) return;
    this.passes++;
    this.orphans += (JSON.parse(line) as { orphans: number }).orphans;
  }
}
