import { crc32 } from "node:zlib";
import { type Entry, getFileNameLowLevel, openPromise, validateFileName, type ZipFile } from "yauzl";
import { describeBytes, type PackageLimits } from "./limits.ts";
import { quoted, type Reasons } from "./reasons.ts";

/** Tells `readArchive` how many of a file's first bytes to keep; undefined: the file is not unpacked. */
export type Keep = (name: string) => number | undefined;

/** A file of an archive: its unpacked size in bytes, and the bytes that were kept. */
export interface ArchivedFile {
  readonly size: number;
  readonly content: Buffer;
}

/**
 * Reads an untrusted archive. Paths and sizes are checked before anything is unpacked, and every unpacked file must have the size
 * and the checksum that the archive's directory says.
 *
 * @returns the files by their path in the archive; none if paths or sizes are refused
 */
export async function readArchive(
  path: string,
  keep: Keep,
  limits: PackageLimits,
  reasons: Reasons,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ArchivedFile>> {
  const files = new Map<string, ArchivedFile>();
  const before = reasons.count;
  let zip: ZipFile;
  try {
    // Names are decoded below, so that a bad name does not hide later reasons.
    zip = await openPromise(path, { autoClose: false, decodeStrings: false });
  } catch (error) {
    reasons.add(
      `The file is no FMU: an FMU is a zip archive, and this cannot be read as one (${messageOf(error)}). Upload the .fmu file as the tool has written it.`,
    );
    return files;
  }
  try {
    const entries = await readDirectory(zip, limits, reasons);
    // Nothing of an unsafe archive is unpacked.
    if (reasons.count > before) return files;
    for (const [name, entry] of entries) {
      const bytes = keep(name);
      const content = bytes === undefined ? Buffer.alloc(0) : await readEntry(zip, name, entry, bytes, reasons, signal);
      files.set(name, { size: entry.uncompressedSize, content });
    }
  } catch (error) {
    signal.throwIfAborted();
    reasons.add(`The archive is damaged: ${messageOf(error)}. Upload it again, or export it anew.`);
  } finally {
    zip.close();
  }
  return files;
}

/** Reads the archive's directory: files by their path, without folders. */
async function readDirectory(zip: ZipFile, limits: PackageLimits, reasons: Reasons): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  if (zip.entryCount > limits.entries) {
    reasons.add(
      `The archive has ${zip.entryCount} entries. At most ${limits.entries} are allowed. Leave out what the model does not need, as sources and documentation.`,
    );
    return entries;
  }
  const seen = new Set<string>();
  let unpackedBytes = 0;
  for await (const entry of zip.eachEntry()) {
    // Some tools on Windows write "\\" between names. It is read as "/", here and where the emulator unpacks the archive.
    const strict = false;
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, strict);
    const problem = problemOf(name, entry, limits);
    if (problem !== undefined) reasons.add(problem);
    // Of two files with one name, one would be checked and the other used.
    const path = name.replace(/\/$/, "");
    if (seen.has(path))
      reasons.add(`The archive holds ${quoted(name)} more than once. Zip it anew, with each file once.`);
    seen.add(path);
    unpackedBytes += entry.uncompressedSize;
    if (!name.endsWith("/")) entries.set(name, entry);
  }
  if (unpackedBytes > limits.unpackedBytes) {
    reasons.add(
      `Unpacked, the archive has ${describeBytes(unpackedBytes)}. At most ${describeBytes(limits.unpackedBytes)} are allowed. Leave out what the model does not need, as binaries for other platforms.`,
    );
  }
  return entries;
}

/** Unix file types, in the upper half of an entry's external attributes. */
const TYPE_MASK = 0o170000;
const ORDINARY = [0, 0o100000, 0o040000];

/** What is wrong with an entry of this name, in a sentence; undefined if nothing is. */
function problemOf(name: string, entry: Entry, limits: PackageLimits): string | undefined {
  if (entry.fileNameRaw.length > limits.nameBytes)
    return `The archive holds a path of ${entry.fileNameRaw.length} bytes. At most ${limits.nameBytes} are allowed: use shorter names.`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are refused
  const isOdd = name === "" || /[\u0000-\u001f\u007f]/.test(name) || name.split("/").some((part) => part === ".");
  if (isOdd || name.includes("//") || validateFileName(name) !== null) {
    return `The archive holds the path ${quoted(name)}. Paths must be relative, with / between names, and stay within the archive. Zip it anew from within the folder that holds modelDescription.xml.`;
  }
  if (!ORDINARY.includes((entry.externalFileAttributes >>> 16) & TYPE_MASK)) {
    return `${quoted(name)} in the archive is a link or a device. Only files and folders are allowed: put the file itself there.`;
  }
  if (entry.isEncrypted()) return `${quoted(name)} in the archive is encrypted. Zip it without a password.`;
  if (!entry.canDecodeFileData()) {
    return `${quoted(name)} in the archive is compressed by method ${entry.compressionMethod}. Only deflate is allowed, or none. Zip it anew with deflate.`;
  }
  return undefined;
}

async function readEntry(
  zip: ZipFile,
  name: string,
  entry: Entry,
  keepBytes: number,
  reasons: Reasons,
  signal: AbortSignal,
): Promise<Buffer> {
  const kept: Buffer[] = [];
  let bytes = 0;
  let checksum = 0;
  try {
    // The stream fails if the file has more or fewer bytes than the directory says.
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      signal.throwIfAborted();
      const data = chunk as Buffer;
      if (bytes < keepBytes) kept.push(data.subarray(0, keepBytes - bytes));
      bytes += data.length;
      checksum = crc32(data, checksum);
    }
    if (checksum !== entry.crc32)
      reasons.add(
        `The archive is damaged: the checksum of ${quoted(name)} is wrong. Upload it again, or export it anew.`,
      );
  } catch (error) {
    signal.throwIfAborted();
    reasons.add(
      `The archive is damaged: ${quoted(name)} cannot be unpacked (${messageOf(error)}). Upload it again, or export it anew.`,
    );
  }
  return Buffer.concat(kept);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 150) : "unknown error";
}
