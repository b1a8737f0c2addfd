import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** The sources of a bundle, stored beside it: while none of them changes, the bundle is up to date. */
export interface Stamp {
  /** Hash of the bundling options. */
  options: string;
  /** Hash of the bundle: another process may have replaced it with an older one. */
  output: string;
  /** Size and time of each source. */
  sources: Record<string, string>;
  metafile: Metafile;
}

export function makeStamp(root: string, options: unknown, bundle: string, metafile: Metafile): Stamp {
  const sources: Record<string, string> = {};
  for (const input of Object.keys(metafile.inputs)) sources[input] = signature(join(root, input)) ?? "";
  return { options: hash(JSON.stringify(options)), output: hash(readFileSync(bundle)), sources, metafile };
}

/** Whether a source changed at or after a moment: a bundle begun then may have the old or the new content. */
export function changedSince(root: string, metafile: Metafile, moment: number): boolean {
  return Object.keys(metafile.inputs).some((input) => {
    const stats = statSync(join(root, input), { throwIfNoEntry: false });
    return stats === undefined || stats.mtimeMs >= moment;
  });
}

/** The stamp in a file; undefined if anything has changed since. */
export function readFreshStamp(file: string, root: string, options: unknown, bundle: string): Stamp | undefined {
  try {
    const stamp: Stamp = JSON.parse(readFileSync(file, "utf8"));
    const isFresh =
      stamp.options === hash(JSON.stringify(options)) &&
      stamp.output === hash(readFileSync(bundle)) &&
      Object.entries(stamp.sources).every(([input, before]) => signature(join(root, input)) === before);
    return isFresh ? stamp : undefined;
  } catch {
    // There is no stamp yet.
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
