/** Size limits of a package. They are far above published test cases, and fit into the memory of a function. */
export const PACKAGE_LIMITS = {
  /** The uploaded FMU, and all of its files unpacked, bytes. */
  archiveBytes: 256 * 1024 ** 2,
  unpackedBytes: 768 * 1024 ** 2,
  entries: 10_000,
  /** A path in the archive, bytes. */
  nameBytes: 512,
  /** modelDescription.xml, bytes. */
  descriptionBytes: 64 * 1024 ** 2,
  /** config.json, days.json, kpis.json: each, bytes. */
  jsonBytes: 1024 ** 2,
  /** All CSV files together, those beside the FMU included, bytes. */
  csvBytes: 128 * 1024 ** 2,
  /** One CSV file beside the FMU, bytes; and how many of them there may be. */
  besideCsvBytes: 64 * 1024 ** 2,
  besideCsvFiles: 32,
  /** Inputs and measurements. */
  points: 2_000,
  /** Values in all columns of the boundary data, their times included. */
  boundaryValues: 6_000_000,
} as const;

export type PackageLimits = { readonly [Name in keyof typeof PACKAGE_LIMITS]: number };

/** A number of bytes for people to read, such as `1.5 MiB`. */
export function describeBytes(bytes: number): string {
  for (const [unit, size] of [
    ["GiB", 1024 ** 3],
    ["MiB", 1024 ** 2],
    ["KiB", 1024],
  ] as const) {
    if (bytes >= size) return `${Math.round((10 * bytes) / size) / 10} ${unit}`;
  }
  return `${bytes} bytes`;
}
