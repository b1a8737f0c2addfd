import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemCall } from "./system-call.ts";

/** The user that owns nothing, and its group. */
const NOBODY = 65534;
const [CAPGET, CAPSET, CAPABILITY_VERSION_3] = [125, 126, 0x20080522];
/** A capability: to read files whoever's they are. */
const DAC_READ_SEARCH = 2;

export interface OtherUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * As whom a model is to run that needs to read these files and folders: as nobody where this process is root, for root's
 * files are root's even where the kernel takes all capabilities away. Undefined where this process is no root, or where
 * somebody has closed one of these paths to others.
 */
export function userForModels(paths: readonly string[]): OtherUser | undefined {
  if (process.getuid?.() !== 0 || !paths.every(isOpenToAll)) return undefined;
  return { uid: NOBODY, gid: NOBODY };
}

function isOpenToAll(path: string): boolean {
  let info = statSync(path, { throwIfNoEntry: false });
  // What is not there needs no rights.
  if (info === undefined) return true;
  const needed = info.isDirectory() ? 0o5 : 0o4;
  if ((info.mode & needed) !== needed) return false;
  for (let at = realpathSync(path); dirname(at) !== at; ) {
    at = dirname(at);
    info = statSync(at);
    if ((info.mode & 0o1) === 0) return false;
  }
  return true;
}

/**
 * Gives up all capabilities of this thread. Root keeps the one to read files whoever's they are: it is only root where the
 * model's files are closed to others.
 */
export function dropCapabilities(): void {
  const kept = process.getuid?.() === 0 ? 1 << DAC_READ_SEARCH : 0;
  // Twice effective, permitted, inheritable: the lower and the upper 32.
  systemCall(CAPSET, header(), Buffer.from(Uint32Array.of(kept, kept, 0, 0, 0, 0).buffer));
}

/** Whether this process is neither root nor has any of its capabilities. */
export function isNobodySpecial(): boolean {
  const sets = new Uint32Array(6);
  const isTold = systemCall(CAPGET, header(), new Uint8Array(sets.buffer)) === 0;
  return process.getuid?.() !== 0 && isTold && sets.every((set) => set === 0);
}

function header(): Uint8Array {
  return Buffer.from(Uint32Array.of(CAPABILITY_VERSION_3, 0).buffer);
}
