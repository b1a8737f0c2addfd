import { chmodSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders for temporary files name the process that they are of. */
const NAME = /^boptest-emulator-(\d+)-/;

let own: string | undefined;

/**
 * A new, empty folder that goes with this process at the latest. Only this user can look into it; others come through if they
 * know a name in it, for models may run as somebody else.
 */
export function newFolder(purpose: string): string {
  own ??= begin();
  return made(join(own, `${purpose}-`));
}

function made(prefix: string): string {
  const folder = mkdtempSync(prefix);
  chmodSync(folder, 0o711);
  return folder;
}

/** To be called by whoever uses no folder any more: nothing is left when the last one is gone, however this process ends. */
export function leaveFolders(): void {
  if (own === undefined) return;
  try {
    rmdirSync(own);
    own = undefined;
  } catch {
    // Somebody else in this process still has one.
  }
}

function begin(): string {
  for (const name of readdirSync(tmpdir())) {
    const pid = NAME.exec(name)?.[1];
    // Of a process that was killed, and could not clear up. Nobody waits for this.
    if (pid !== undefined && !isAlive(Number(pid))) {
      rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
  const folder = made(join(tmpdir(), `boptest-emulator-${process.pid}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
