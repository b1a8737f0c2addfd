import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** The user that owns nothing, and its group. */
const NOBODY = 65534;

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
