import { constants, crc32, deflateRawSync } from "node:zlib";

/** A file for an archive. */
export interface ZipEntry {
  readonly path: string;
  readonly content: Uint8Array | string;
  /** How often the content comes, one after the other; once by default. */
  readonly times?: number;
  /** Unix mode with the file's type; a plain file by default. */
  readonly mode?: number;
  /** What the archive claims that the content's size is, if that is not true. */
  readonly claimedSize?: number;
}

/**
 * A zip archive (PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16), deflated, without dates: equal entries give equal
 * bytes. Writes whatever paths it is given, so that archives can be made that nobody should unpack.
 */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content, times = 1, mode = 0o100644, claimedSize } of entries) {
    const name = Buffer.from(path, "utf8");
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    const packed = deflate(bytes, times);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(0x800, 2); // names are UTF-8
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt16LE(0, 6); // time
    common.writeUInt16LE(0x21, 8); // 1 January 1980
    common.writeUInt32LE(crcOf(bytes, times), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimedSize ?? bytes.length * times, 18);
    common.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from("PK\x03\x04", "latin1"), common, name, packed);

    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode * 0x10000) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const madeBy = Buffer.from([20, 3]); // on Unix
    directory.push(Buffer.from("PK\x01\x02", "latin1"), madeBy, common, rest, name);
    offset += 4 + common.length + name.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listing, Buffer.from("PK\x05\x06", "latin1"), end]);
}

/** What is repeated is deflated once, with an end at a whole byte that others can follow. */
function deflate(bytes: Uint8Array, times: number): Buffer {
  if (times === 1) return deflateRawSync(bytes);
  const piece = deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([...Array<Buffer>(times).fill(piece), deflateRawSync(new Uint8Array())]);
}

function crcOf(bytes: Uint8Array, times: number): number {
  let crc = 0;
  for (let i = 0; i < times; i++) crc = crc32(bytes, crc);
  return crc;
}
