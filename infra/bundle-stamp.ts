import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** What a bundle was made of, kept beside it: as long as none of it changes there is nothing to bundle. */
export interface Stamp {
  /** Of the way of bundling. */
  options: string;
  /** Of the bundle itself: another process may have put an older one in its place meanwhile. */
  output: string;
  /** Size and time of every source. */
  sources: Record<string, string>;
  metafile: Metafile;
}

export function makeStamp(root: string, options: unknown, bundle: string, metafile: Metafile): Stamp {
  const sources: Record<string, string> = {};
  for (const input of Object.keys(metafile.inputs)) sources[input] = signature(join(root, input)) ?? "";
  return { options: hash(JSON.stringify(options)), output: hash(readFileSync(bundle)), sources, metafile };
}

/** Whether any source changed at or after a moment, so that the bundle begun then may hold the one or the other. */
export function changedSince(root: string, metafile: Metafile, moment: number): boolean {
  return Object.keys(metafile.inputs).some((input) => {
    const stats = statSync(join(root, input), { throwIfNoEntry: false });
    return stats === undefined || stats.mtimeMs >= moment;
  });
}

/** The stamp in a file, if everything is still as it was. */
export function readFreshStamp(file: string, root: string, options: unknown, bundle: string): Stamp | undefined {
  try {
    const stamp: Stamp = JSON.parse(readFileSync(file, "utf8"));
    const isFresh =
      stamp.options === hash(JSON.stringify(options)) &&
      stamp.output === hash(readFileSync(bundle)) &&
      Object.entries(stamp.sources).every(([input, before]) => signature(join(root, input)) === before);
    return isFresh ? stamp : undefined;
  } catch {
    // There is none yet.
    return undefined;
  }
}

function signature(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats && `${stats.size} ${stats.mtimeMs}`;
}

function hash(value: string | Buffer): string {
  return createHash("sha256").update(value).digest("hex");
}
