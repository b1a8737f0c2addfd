import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { PACKAGE_LIMITS } from "../packages/limits.ts";
import { libraryFolder } from "../packages/model.ts";

/** The parts of an FMU that are needed to run it. */
const WANTED = [libraryFolder({}), libraryFolder({ fmi: 3 }), "resources/"];

/** Upper half of an entry's external attributes, the Unix mode: plain files, or no mode at all. */
const PLAIN = [0, 0o100000];

/**
 * Unpacks the needed parts of an FMU into an empty folder. Intake has checked the FMU; everything is checked again here. Rejects
 * on paths that lead elsewhere, links, more bytes or files than allowed, and damaged archives.
 */
export async function unpack(file: string, folder: string, signal: AbortSignal): Promise<void> {
  // yauzl itself refuses absolute paths, "..", and contents of another size than the archive claims. It reads "\\" as "/".
  const archive = await openPromise(file, { autoClose: false, strictFileNames: false, validateEntrySizes: true });
  try {
    // Everything is checked before anything is written.
    for (const [target, entry] of await readDirectory(archive, folder)) {
      await mkdir(dirname(target), { recursive: true });
      const content = await archive.openReadStreamPromise(entry);
      // "wx": no file is written twice, or through a link
      await pipeline(content, createWriteStream(target, { flags: "wx", mode: 0o644 }), { signal });
    }
  } finally {
    archive.close();
  }
}

/** The entries to unpack, and their targets. */
async function readDirectory(archive: ZipFile, folder: string): Promise<[target: string, entry: Entry][]> {
  const { entries: most, unpackedBytes } = PACKAGE_LIMITS;
  if (archive.entryCount > most) throw new Error(`the package has more than ${most} files`);
  const wanted: [string, Entry][] = [];
  let bytes = 0;
  for await (const entry of archive.eachEntry()) {
    if (!isWanted(entry)) continue;
    bytes += entry.uncompressedSize;
    if (bytes > unpackedBytes) throw new Error("the package is too large, unpacked");
    const target = resolve(join(folder, entry.fileName));
    if (!target.startsWith(folder + sep)) throw new Error(`the package has a path that leads out of it`);
    wanted.push([target, entry]);
  }
  return wanted;
}

function isWanted(entry: Entry): boolean {
  if (entry.fileName.endsWith("/") || !WANTED.some((folder) => entry.fileName.startsWith(folder))) return false;
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (!PLAIN.includes(type)) throw new Error(`the package has an entry that is no plain file: ${entry.fileName}`);
  return true;
}
