import type { Manifest } from "../packages/manifest.ts";
import { remarkOf } from "../packages/remark.ts";
import { testCaseOf } from "../packages/testcase.ts";
import type { Emulator } from "../simulation/emulator.ts";
import type { TestCase } from "../simulation/testcase.ts";

/** A package in this process: its test case, still without id and emulator. */
export interface KnownPackage {
  readonly manifest: Manifest;
  readonly testcase: Omit<TestCase, "id" | "emulator">;
  /** When its use was last noted, ms. */
  notedMs: number;
}

/** The size of all packages in memory, bytes; the latest one stays whatever its size. */
const MAX_BYTES = 64 * 1024 ** 2;

/** The packages that this process has read. The least recently used are forgotten. Packages never change. */
export class PackageMemory {
  /** In the order of their use, the most recent last. */
  readonly #known = new Map<string, KnownPackage>();
  readonly #reading = new Map<string, Promise<KnownPackage | undefined>>();
  readonly #read: (hash: string) => Promise<Manifest | undefined>;

  constructor(read: (hash: string) => Promise<Manifest | undefined>) {
    this.#read = read;
  }

  /** The package of that hash, or undefined if it does not exist. Simultaneous callers share one read. */
  async get(hash: string): Promise<KnownPackage | undefined> {
    const known = this.#known.get(hash) ?? (await this.#fetch(hash));
    if (known !== undefined) this.#use(hash, known);
    return known;
  }

  #fetch(hash: string): Promise<KnownPackage | undefined> {
    const reading = this.#reading.get(hash) ?? this.#load(hash).finally(() => this.#reading.delete(hash));
    this.#reading.set(hash, reading);
    return reading;
  }

  async #load(hash: string): Promise<KnownPackage | undefined> {
    const manifest = await this.#read(hash);
    if (manifest === undefined) return undefined;
    const { id: _, emulator: __, ...testcase } = testCaseOf(manifest, "", NOBODY);
    const remark = remarkOf(manifest);
    return { manifest, testcase: { ...testcase, ...(remark === undefined ? {} : { remark }) }, notedMs: 0 };
  }

  #use(hash: string, known: KnownPackage): void {
    this.#known.delete(hash);
    this.#known.set(hash, known);
    let bytes = [...this.#known.values()].reduce((sum, { manifest }) => sum + bytesOf(manifest), 0);
    for (const [oldest, { manifest }] of this.#known) {
      if (bytes <= MAX_BYTES || oldest === hash) break;
      bytes -= bytesOf(manifest);
      this.#known.delete(oldest);
    }
  }
}

/** A placeholder: each use sets an emulator of its own. */
const NOBODY: Emulator = {
  cost: 0,
  initialize: () => Promise.reject(new Error("There is no emulator")),
  advance: () => Promise.reject(new Error("There is no emulator")),
};

/** The estimated size of a package: its boundary data as text and as numbers. */
function bytesOf({ boundary }: Manifest): number {
  return 2 * boundary.reduce((sum, { times, values }) => sum + times.length + values.length, 100_000);
}
