import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PACKAGE_LIMITS } from "../packages/limits.ts";
import { libraryFolder } from "../packages/model.ts";
import { describeError } from "../platform/log.ts";
import { EmulatorError } from "./failure.ts";
import { newFolder } from "./folders.ts";
import type { ModelFiles } from "./orders.ts";
import type { EmulatorRequest } from "./protocol.ts";
import { unpack } from "./unpack.ts";

const FETCH_MS = 60_000;
const UNPACK_MS = 60_000;
const TOO_LARGE = "it is too large";
/** Errors of the system that say nothing about the package. */
const OF_SYSTEM: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EIO", "EROFS"]);

/** Unpacked packages, the most recently used ones, in folders of this process. */
export class PackageStore {
  readonly #keep: number;
  readonly #evicted: (hash: string) => void;
  #root: string | undefined;
  /** By hash, the least recently used first. */
  readonly #folders = new Map<string, Promise<string>>();

  /** Keeps so many packages; calls `evicted` before it removes one. */
  constructor(keep: number, evicted: (hash: string) => void) {
    this.#keep = keep;
    this.#evicted = evicted;
  }

  /** The files of a package, fetched if necessary. Rejects with an `EmulatorError`, "load" or "unavailable". */
  async find({ hash, url, model }: EmulatorRequest["package"]): Promise<ModelFiles> {
    const known = this.#folders.get(hash);
    const found = known ?? this.#fetch(hash, url);
    this.#folders.delete(hash);
    this.#folders.set(hash, found);
    try {
      const folder = await found;
      await this.#shrink();
      return {
        library: join(folder, libraryFolder(model), `${model.identifier}.so`),
        resources: join(folder, "resources"),
      };
    } catch (error) {
      if (this.#folders.get(hash) === found) this.#folders.delete(hash);
      throw isUnavailable(error)
        ? new EmulatorError("unavailable", `The package could not be fetched: ${describeError(error)}`, {
            cause: error,
          })
        : new EmulatorError("load", `the package cannot be used: ${describeError(error)}`, { cause: error });
    }
  }

  /** Removes all packages. */
  async close(): Promise<void> {
    this.#folders.clear();
    const root = this.#root;
    this.#root = undefined;
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  }

  async #shrink(): Promise<void> {
    for (const [hash, folder] of this.#folders) {
      if (this.#folders.size <= this.#keep) return;
      this.#folders.delete(hash);
      this.#evicted(hash);
      const unpacked = await folder.catch(() => undefined);
      if (unpacked !== undefined) await rm(dirname(unpacked), { recursive: true, force: true });
    }
  }

  async #fetch(hash: string, url: string): Promise<string> {
    this.#root ??= newFolder("packages");
    const folder = await mkdtemp(join(this.#root, `${hash.slice(0, 8)}-`));
    // The model's process may run as another user, see confinement/user.ts.
    await chmod(folder, 0o711);
    const archive = join(folder, "package.fmu");
    const unpacked = join(folder, "files");
    try {
      await download(url, hash, archive);
      await mkdir(unpacked);
      await unpack(archive, unpacked, AbortSignal.timeout(UNPACK_MS));
      await rm(archive);
      await mkdir(join(unpacked, "resources"), { recursive: true });
      return unpacked;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

/** The download failed; the package is not the cause. */
class FetchError extends Error {
  override readonly name = "FetchError";
}

/** Failures that say nothing about the package: no download, no time, no room, or no resources of the system. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof FetchError) return true;
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return error.name === "TimeoutError" || error.name === "AbortError" || (code !== undefined && OF_SYSTEM.has(code));
}

/** Downloads the file of this hash. Rejects with a `FetchError` if the download fails; or if the file differs or is too large. */
async function download(url: string, hash: string, file: string): Promise<void> {
  const signal = AbortSignal.timeout(FETCH_MS);
  const response = await fetch(url, { signal, redirect: "error" }).catch((error: unknown) => {
    throw new FetchError("it cannot be reached", { cause: error });
  });
  if (!response.ok || response.body === null) throw new FetchError(`fetching it was answered ${response.status}`);
  const digest = createHash("sha256");
  let bytes = 0;
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      digest.update(piece);
      done(bytes > PACKAGE_LIMITS.archiveBytes ? new Error(TOO_LARGE) : null, piece);
    },
  });
  await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(file), { signal }).catch(
    (error: unknown) => {
      if (error instanceof Error && error.message === TOO_LARGE) throw error;
      throw new FetchError("it did not arrive in full", { cause: error });
    },
  );
  if (digest.digest("hex") !== hash) throw new Error("the file that was fetched has another hash");
}
