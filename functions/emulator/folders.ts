import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders for temporary files name the process that they are of. */
const NAME = /^boptest-emulator-(\d+)-/;

let own: string | undefined;

/** A new, empty folder, private to this user, that goes with this process at the latest. */
export function newFolder(purpose: string): string {
  own ??= begin();
  return mkdtempSync(join(own, `${purpose}-`));
}

function begin(): string {
  for (const name of readdirSync(tmpdir())) {
    const pid = NAME.exec(name)?.[1];
    // Of a process that was killed, and could not clear up. Nobody waits for this.
    if (pid !== undefined && !isAlive(Number(pid))) {
      rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), `boptest-emulator-${process.pid}-`));
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
