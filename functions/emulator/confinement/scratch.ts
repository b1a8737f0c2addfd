import { type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { chmod, readdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";

/** What a model may have written in its own folder at any time. */
export const SCRATCH_LIMITS = { bytes: 256 * 2 ** 20, files: 1000 } as const;

const BLOCK_BYTES = 512;

/**
 * Why what a model's process has written is too much, or undefined if it is not. Files that it has deleted and holds open
 * take as much room as others. A folder that cannot be read, by its mode or by the length of its path, could hide any
 * number of files, so it is not allowed either.
 */
export function refuseScratch(folder: string, pid: number | undefined): string | undefined {
  const used = { bytes: 0, files: 0 };
  const isTooMuch = () => used.bytes > SCRATCH_LIMITS.bytes || used.files > SCRATCH_LIMITS.files;
  const count = (info: Stats | undefined) => {
    used.files++;
    used.bytes += BLOCK_BYTES * (info?.blocks ?? 0);
  };
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined && !isTooMuch(); at = folders.pop()) {
    const entries = entriesOf(at);
    if (entries === undefined) return "the model made a folder whose content cannot be counted, and was ended";
    for (const entry of entries) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) folders.push(path);
      count(entry.isFile() ? infoOf(path) : undefined);
      if (isTooMuch()) break;
    }
  }
  const descriptors = `/proc/${pid}/fd`;
  for (const { name } of pid === undefined ? [] : (entriesOf(descriptors) ?? [])) {
    const info = infoOf(join(descriptors, name));
    if (info?.isFile() && info.nlink === 0) count(info);
  }
  if (!isTooMuch()) return undefined;
  return `the model wrote more than ${SCRATCH_LIMITS.bytes / 2 ** 20} MB or ${SCRATCH_LIMITS.files} files, and was ended`;
}

/** Removes a model's folder after its process has ended. Rejects if something of it stays. */
export async function removeScratch(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await flatten(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Empties a folder that `rm` cannot remove, because it holds folders that are closed or lie too deep: moves the content of
 * each folder in it to the top before it removes that folder, so that no path becomes long.
 */
async function flatten(top: string): Promise<void> {
  let moved = 0;
  const entries = await readdir(top, { withFileTypes: true });
  for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
    const path = join(top, entry.name);
    if (!entry.isDirectory()) {
      await unlink(path);
      continue;
    }
    await chmod(path, 0o700);
    for (const inner of await readdir(path, { withFileTypes: true })) {
      const from = join(path, inner.name);
      // A folder that is moved must be writable, too.
      if (inner.isDirectory()) await chmod(from, 0o700);
      const name = `moved ${process.pid} ${moved++}`;
      await rename(from, join(top, name));
      inner.name = name;
      entries.push(inner);
    }
    await rmdir(path);
  }
}

/** What is in a folder; nothing if it has gone meanwhile; undefined if it cannot be read. */
function entriesOf(folder: string): readonly Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? [] : undefined;
  }
}

function infoOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
