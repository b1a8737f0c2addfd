import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type Needs, readNeeds } from "./elf.ts";
import { EmulatorError } from "./failure.ts";
import { libraryFolders } from "./library-folders.ts";

/**
 * What every system has that runs models: AWS Lambda's for Node.js, which is Amazon Linux 2023. A developer's machine has more:
 * a model that finds it there and not on Lambda must fail on both.
 */
const ON_EVERY_SYSTEM: ReadonlySet<string> = new Set([
  "ld-linux-x86-64.so.2",
  "libc.so.6",
  "libm.so.6",
  "libdl.so.2",
  "libpthread.so.0",
  "librt.so.1",
  "libutil.so.1",
  "libresolv.so.2",
  "libgcc_s.so.1",
  "libstdc++.so.6",
]);
/** The newest versions of the C and C++ library that it has. */
const NEWEST = { GLIBC: [2, 34], GLIBCXX: [3, 4, 29] } as const;

/**
 * Where the libraries are that a model's library needs besides the system's: beside it in the package, or with this service.
 * Those that others of them need come first.
 *
 * @throws EmulatorError if one is missing, or asks for a newer C library: it says which one, who asks for it, and what to do
 */
export function findDependencies(file: string): string[] {
  return dependenciesOf(file, resolve(dirname(file), "../.."), new Set());
}

/** @param root the package: a model does not have files outside of it read here, by whatever name or run path */
function dependenciesOf(file: string, root: string, seen: Set<string>): string[] {
  const needs = needsOf(file);
  if (needs === undefined) return [];
  checkVersions(file, needs);
  const found: string[] = [];
  for (const name of needs.libraries) {
    if (ON_EVERY_SYSTEM.has(name) || seen.has(name)) continue;
    seen.add(name);
    const own = packageFolders(file, needs.runPath).map((folder) => resolve(folder, name));
    const ours = name.includes("/") ? [] : libraryFolders().map((folder) => join(folder, name));
    const allowed = [...own.filter((path) => path.startsWith(`${root}${sep}`)), ...ours];
    const path = allowed.find((each) => existsSync(each));
    if (path === undefined) throw missing(file, name, needs.runPath);
    found.push(...dependenciesOf(path, root, seen), path);
  }
  return found;
}

/** Beside the library, wherever its run path says that; and where it says relatively to itself. */
function packageFolders(file: string, runPath: string | null): string[] {
  const own = dirname(file);
  const relative = (runPath ?? "").split(":").filter((part) => /^\$(ORIGIN|\{ORIGIN\})/.test(part));
  return [own, ...relative.map((part) => part.replace(/^\$(ORIGIN|\{ORIGIN\})/, own))];
}

function missing(file: string, name: string, runPath: string | null): EmulatorError {
  const where = runPath === null ? "it has no RPATH" : `its RPATH is ${runPath}`;
  const known = [...ON_EVERY_SYSTEM].filter((each) => each.startsWith("lib")).join(", ");
  return new EmulatorError(
    "load",
    `${basename(file)} needs the library ${name}, which is neither in the package nor here (${where}). ` +
      `Put ${name} beside it, into ${relative(resolve(dirname(file), "../.."), dirname(file))}, or link it statically. Here are ${known}, libgomp.so.1, and of ` +
      `libgfortran.so.3 and .4 what LAPACK needs`,
  );
}

function checkVersions(file: string, { versions }: Needs): void {
  for (const version of versions) {
    const [, library = "", numbers = ""] = /^(GLIBC|GLIBCXX)_([\d.]+)$/.exec(version) ?? [];
    const newest: readonly number[] | undefined = NEWEST[library as keyof typeof NEWEST];
    if (newest === undefined || !isNewer(numbers.split(".").map(Number), newest)) continue;
    throw new EmulatorError(
      "load",
      `${basename(file)} was linked on a newer system: it needs ${version}, and the newest here is ${library}_${newest.join(".")}. ` +
        `Compile it on an older one, such as Amazon Linux 2023, Debian 11 or Ubuntu 20.04`,
    );
  }
}

function isNewer(one: readonly number[], other: readonly number[]): boolean {
  const index = one.findIndex((part, i) => part !== (other[i] ?? 0));
  return index >= 0 && (one[index] ?? 0) > (other[index] ?? 0);
}

/** Undefined for what is no library: the loader says what it is. */
function needsOf(file: string): Needs | undefined {
  try {
    return readNeeds(file);
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  }
}
