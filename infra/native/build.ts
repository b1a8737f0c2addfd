import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  type Dirent,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { DIST, ROOT } from "../bundle.ts";
import { replace } from "../bundle-assets.ts";
import { findCompiler } from "./compiler.ts";
import { buildGfortran, GFORTRAN_VERSIONS } from "./gfortran.ts";
import { buildHost } from "./host.ts";
import { withSundials } from "./sundials.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * Builds the native libraries that models need, on x86-64 Linux: `dist/native`, which is the layer of the emulator function as it
 * is. Lambda unpacks it to /opt, and looks for libraries in /opt/lib. Can be run at any time. The files that it has made.
 */
export function buildLayer(folder = join(DIST, "native"), mayDownload = true): string[] {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `Models are compiled for x86-64 Linux, and so must this be. This is ${process.platform} on ${process.arch}.`,
    );
  }
  const built: string[] = [];
  // Each in one rename, and only changed files: models may be using the present ones.
  const place = (file: string, ...path: string[]) => {
    replace(join(folder, ...path), readFileSync(file), statSync(file).mode);
    built.push(join(folder, ...path));
  };
  for (const name of ["bin", "lib", "licenses"]) mkdirSync(join(folder, name), { recursive: true });
  const draft = mkdtempSync(join(tmpdir(), "boptest-native-"));
  try {
    for (const version of GFORTRAN_VERSIONS) {
      const file = buildGfortran(version, draft);
      place(file, "lib", basename(file));
    }
    const { host, hide } = buildHost(draft);
    place(hide, "lib", basename(hide));
    place(host, "bin", basename(host));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  const openmp = findOpenMp();
  if (openmp !== undefined) place(openmp, "lib", "libgomp.so.1");
  withSundials(({ name, library, licence }) => {
    place(library, "lib", name);
    if (licence !== undefined) place(licence, "licenses", "sundials");
  }, mayDownload);
  writeFileSync(join(folder, STAMP), sourcesHash());
  return built;
}

/** Of a layer: which sources it was built from. */
const STAMP = "sources";

function sourcesHash(): string {
  const hash = createHash("sha256");
  for (const entry of readdirSync(HERE, { recursive: true, withFileTypes: true }).toSorted(byPath)) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(pathOf(entry)));
  }
  return hash.digest("hex");
}

const pathOf = (entry: Dirent) => join(entry.parentPath, entry.name);
const byPath = (one: Dirent, other: Dirent) => (pathOf(one) < pathOf(other) ? -1 : 1);

function isCurrent(layer: string): boolean {
  const stamp = join(layer, STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === sourcesHash();
}

/**
 * This system's libgomp, which models with OpenMP need and Lambda's system may not have: the compiler's, if it is not of a newer
 * C library than Lambda's. Undefined if there is none of that kind: such models are then refused.
 */
function findOpenMp(): string | undefined {
  const file = execFileSync(findCompiler(), ["-print-file-name=libgomp.so.1"], { encoding: "utf8" }).trim();
  if (!existsSync(file)) return undefined;
  const minors = [...readFileSync(file, "latin1").matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
  return Math.max(...minors) <= 34 ? file : undefined;
}

/**
 * Builds the layer if it is not there or was built from other sources: whole or not at all, of what this machine has.
 *
 * @returns why it is not there
 */
export function ensureLayer(): string | undefined {
  const [layer, making] = [join(DIST, "native"), join(DIST, `native-making-${process.pid}`)];
  if (isCurrent(layer)) return undefined;
  try {
    buildLayer(making, false);
    rmSync(layer, { recursive: true, force: true });
    renameSync(making, layer);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** `npm run layer` */
if (import.meta.main) {
  for (const file of buildLayer()) process.stdout.write(`${relative(ROOT, file)}\n`);
}
