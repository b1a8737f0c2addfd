import { closeSync, openSync, statSync } from "node:fs";
import { prctl, systemCall } from "./system-call.ts";

/* Linux' landlock(7): a process gives up its rights to files, and other things, for good. */
const [CREATE_RULESET, ADD_RULE, RESTRICT_SELF] = [444, 445, 446];
const [ASK_VERSION, PATH_BENEATH, NO_NEW_PRIVILEGES, O_PATH] = [1, 1, 38, 0o10000000];

const RIGHTS = {
  execute: 1n << 0n,
  writeFile: 1n << 1n,
  readFile: 1n << 2n,
  readFolder: 1n << 3n,
  truncate: 1n << 14n,
};
/** How many rights to files each version of the interface knows, from the first on. */
const KNOWN_RIGHTS = [13n, 14n, 15n, 15n, 16n];
const ON_FILES = RIGHTS.execute | RIGHTS.writeFile | RIGHTS.readFile | RIGHTS.truncate | (1n << 15n);
const READ = RIGHTS.execute | RIGHTS.readFile | RIGHTS.readFolder;

export interface Access {
  /** Files and folders, with all in them, that may be read and executed. */
  readonly read: readonly string[];
  /** Those in which anything may be done. */
  readonly write: readonly string[];
}

/**
 * Takes from this thread, and from whatever it executes, all files but these, TCP, and signals and abstract sockets to others:
 * as much of it as the kernel knows. False if it knows nothing of it. Paths that are not there are left out.
 */
export function restrictFiles({ read, write }: Access): boolean {
  const version = systemCall(CREATE_RULESET, null, 0, ASK_VERSION);
  if (version < 1) return false;
  const all = (1n << (KNOWN_RIGHTS[Math.min(version, KNOWN_RIGHTS.length) - 1] ?? 13n)) - 1n;
  // struct landlock_ruleset_attr: rights to files; from version 4 on to TCP; from 6 on scopes
  const handled = BigUint64Array.of(all, 3n, 3n).subarray(0, version < 4 ? 1 : version < 6 ? 2 : 3);
  const ruleset = systemCall(CREATE_RULESET, bytesOf(handled), handled.byteLength, 0);
  if (ruleset < 0) return false;
  try {
    for (const path of read) allow(ruleset, path, READ & all);
    for (const path of write) allow(ruleset, path, all);
    return prctl(NO_NEW_PRIVILEGES, 1) && systemCall(RESTRICT_SELF, ruleset, 0) === 0;
  } finally {
    closeSync(ruleset);
  }
}

function allow(ruleset: number, path: string, rights: bigint): void {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return;
  const file = openSync(path, O_PATH);
  try {
    // struct landlock_path_beneath_attr, packed
    const rule = Buffer.alloc(12);
    rule.writeBigUInt64LE(info.isDirectory() ? rights : rights & ON_FILES, 0);
    rule.writeInt32LE(file, 8);
    // What cannot be allowed stays forbidden.
    systemCall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0);
  } finally {
    closeSync(file);
  }
}

function bytesOf(words: BigUint64Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
