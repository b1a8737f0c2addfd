import { chmodSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeScratch } from "./confinement/scratch.ts";

/** The name of a folder for temporary files contains the id of its process. */
const NAME = /^boptest-emulator-(\d+)-/;

let own: string | undefined;

/**
 * Makes a new, empty folder. It is removed when this process ends, if not before. Only this user can list it; other users can
 * open a path in it that they know, because models may run as another user.
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

/** Removes the parent of all folders if the last one is gone: then nothing is left, however this process ends. */
export function leaveFolders(): void {
  if (own === undefined) return;
  try {
    rmdirSync(own);
    own = undefined;
  } catch {
    // Another part of this process still has a folder.
  }
}

function begin(): string {
  for (const name of readdirSync(tmpdir())) {
    const pid = NAME.exec(name)?.[1];
    // Its process was killed and could not remove its folders. A model may have left paths in it that are too long, or folders that
    // no user may read. The removal runs in the background.
    if (pid !== undefined && !isAlive(Number(pid))) removeScratch(join(tmpdir(), name)).catch(() => undefined);
  }
  // Once per process, even if the folder is made again.
  if (!clearsUp) process.once("exit", clearUp);
  clearsUp = true;
  return made(join(tmpdir(), `boptest-emulator-${process.pid}-`));
}

let clearsUp = false;

function clearUp(): void {
  if (own === undefined) return;
  try {
    rmSync(own, { recursive: true, force: true });
  } catch {
    // A model's paths may be too long. The next process removes them.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
