import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { codeOf, Problem } from "../../programs/problem.ts";
import { DatabaseSync } from "../../programs/sqlite.ts";

/** The folders of the local cloud's data. */
export interface DataFolder {
  path: string;
  redis: string;
  storage: string;
  logs: string;
  /** Temporary files of the functions' processes, for this start only. */
  scratch: string;
  /** Tells other programs how to reach the stack that uses this folder. */
  stackFile: string;
  /** Whether this process made the folder and removes it at the end. */
  temporary: boolean;
  unlock: () => void;
}

/** Locks a folder for this process: two servers would damage the append-only file. */
export function openData(path?: string): DataFolder {
  const folder = path ?? mkdtempSync(join(tmpdir(), "boptest-"));
  const data = {
    path: folder,
    redis: join(folder, "redis"),
    storage: join(folder, "storage"),
    logs: join(folder, "logs"),
    stackFile: join(folder, "stack.json"),
    temporary: path === undefined,
  };
  try {
    for (const each of [folder, data.redis, data.storage, data.logs]) {
      makeFolder(each);
      accessSync(each, constants.W_OK);
    }
    // Other users may enter only scratch: if this process is root, models run as nobody, see functions/emulator.
    for (const each of [data.redis, data.storage, data.logs]) chmodSync(each, 0o700);
    if (data.temporary) chmodSync(folder, 0o711);
    const unlock = lock(folder);
    try {
      return { ...data, scratch: newScratch(folder), unlock };
    } catch (error) {
      unlock();
      throw error;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(`The folder ${folder} cannot be written (${codeOf(error)}): choose another with --data`);
  }
}

/** Makes a new folder, and removes those of earlier starts that were killed. */
function newScratch(folder: string): string {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(SCRATCH))) {
    rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 10 });
  }
  const scratch = mkdtempSync(join(folder, SCRATCH));
  chmodSync(scratch, 0o711);
  return scratch;
}

const SCRATCH = "scratch-";

/** Makes a folder and its parents. Without `recursive`, which never ends under /proc (Node.js 20 to 24). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** SQLite's lock, which ends with its process in all cases. */
function lock(folder: string): () => void {
  const database = new DatabaseSync(join(folder, "lock.db"));
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) {
      throw new Problem(`The folder ${folder} is in use: stop the stack that uses it, or choose another with --data`);
    }
    throw error;
  }
  return () => database.close();
}

const SQLITE_BUSY = 5;
