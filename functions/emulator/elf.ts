import { readFileSync } from "node:fs";

/** What a shared library asks for when it is loaded. */
export interface Needs {
  /** Names of other libraries. */
  readonly libraries: readonly string[];
  /** Where it says that they are (RUNPATH, or else RPATH), as it stands there; null if it says nothing. */
  readonly runPath: string | null;
  /** Versions of symbols, such as `GLIBC_2.34`. */
  readonly versions: readonly string[];
}

/* elf(5), of 64 bits, little endian. */
const [PT_LOAD, PT_DYNAMIC] = [1, 2];
const [DT_NULL, DT_NEEDED, DT_STRTAB, DT_STRSZ, DT_RPATH, DT_RUNPATH] = [0, 1, 5, 10, 15, 29];

/** Reads what a library needs. Throws RangeError on a file that is cut off or no library: the loader then says so better. */
export function readNeeds(file: string): Needs {
  const bytes = readFileSync(file);
  const number = (at: number) => Number(bytes.readBigUInt64LE(at));
  const [first, size, count] = [number(32), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  const segments = Array.from({ length: count }, (_, i) => {
    const at = first + i * size;
    return { type: bytes.readUInt32LE(at), offset: number(at + 8), address: number(at + 16), length: number(at + 32) };
  });
  const entries: [tag: number, value: number][] = [];
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  for (let at = dynamic?.offset ?? 0; dynamic && at < dynamic.offset + dynamic.length; at += 16) {
    if (number(at) === DT_NULL) break;
    entries.push([number(at), number(at + 8)]);
  }
  const entry = (tag: number) => entries.find(([each]) => each === tag)?.[1];
  const address = entry(DT_STRTAB) ?? 0;
  const holder = segments.find((each) => each.type === PT_LOAD && isWithin(address, each.address, each.length));
  const start = holder === undefined ? 0 : holder.offset + address - holder.address;
  const strings = bytes.toString("latin1", start, start + (entry(DT_STRSZ) ?? 0));
  const stringAt = (at: number) => strings.slice(at, strings.indexOf("\0", at));
  const runPath = entry(DT_RUNPATH) ?? entry(DT_RPATH);
  return {
    libraries: entries.flatMap(([tag, value]) => (tag === DT_NEEDED ? [stringAt(value)] : [])),
    runPath: runPath === undefined ? null : stringAt(runPath),
    versions: strings.split("\0").filter((name) => /^(GLIBC|GLIBCXX)_\d/.test(name)),
  };
}

function isWithin(address: number, start: number, length: number): boolean {
  return address >= start && address < start + length;
}
