import { type ZipEntry, zip } from "./zip.ts";

/** Archives that nobody should unpack, by what is wrong with them. `entries`: an otherwise good FMU's. */
export const HOSTILE_ARCHIVES = {
  /** More than a gigabyte of zeros in a megabyte. */
  "zip-bomb": (entries: readonly ZipEntry[]) =>
    zip([...entries, { path: "resources/zeros.csv", content: Buffer.alloc(1_000_000), times: 1100 }]),
  /** The same, but claiming to be small. */
  "lying-zip-bomb": (entries: readonly ZipEntry[]) =>
    zip([...entries, { path: "resources/zeros.csv", content: Buffer.alloc(1_000_000), times: 600, claimedSize: 1000 }]),
  "many-files": (entries: readonly ZipEntry[]) =>
    zip([
      ...entries,
      ...Array.from({ length: 12_000 }, (_, i): ZipEntry => ({ path: `resources/${i}.txt`, content: "" })),
    ]),
  "parent-path": (entries: readonly ZipEntry[]) => zip([...entries, { path: "resources/../../escaped", content: "x" }]),
  "absolute-path": (entries: readonly ZipEntry[]) => zip([...entries, { path: "/tmp/escaped", content: "x" }]),
  "backslash-path": (entries: readonly ZipEntry[]) =>
    zip([...entries, { path: "resources\\..\\escaped", content: "x" }]),
  /** A link to a folder outside, and a file through it. */
  "symbolic-link": (entries: readonly ZipEntry[]) =>
    zip([
      ...entries,
      { path: "resources/out", content: "/tmp", mode: 0o120777 },
      { path: "resources/out/escaped", content: "x" },
    ]),
  "cut-off": (entries: readonly ZipEntry[]) => zip(entries).subarray(0, 2000),
} as const;

export type HostileArchive = keyof typeof HOSTILE_ARCHIVES;
