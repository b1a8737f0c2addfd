import { type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";

/** What a model may have written in its own folder at any time. */
export const SCRATCH_LIMITS = { bytes: 256 * 2 ** 20, files: 1000 } as const;

const BLOCK_BYTES = 512;

/**
 * Why what a model's process has written is too much, or undefined if it is not. Files that it has deleted and holds open
 * take as much room as others.
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
    for (const entry of entriesOf(at)) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) folders.push(path);
      count(entry.isFile() ? infoOf(path) : undefined);
      if (isTooMuch()) break;
    }
  }
  const descriptors = `/proc/${pid}/fd`;
  for (const { name } of pid === undefined ? [] : entriesOf(descriptors)) {
    const info = infoOf(join(descriptors, name));
    if (info?.isFile() && info.nlink === 0) count(info);
  }
  if (!isTooMuch()) return undefined;
  return `the model wrote more than ${SCRATCH_LIMITS.bytes / 2 ** 20} MB or ${SCRATCH_LIMITS.files} files, and was ended`;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // it has gone meanwhile
  }
}

function infoOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
