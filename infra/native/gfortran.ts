import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findCompiler } from "./compiler.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Versions of libgfortran that compilers before GCC 8 linked against. */
export const GFORTRAN_VERSIONS = [3, 4] as const;

/** Compiles `libgfortran.so.3` or `.so.4` into a folder: see gfortran.c. Its path. */
export function buildGfortran(version: (typeof GFORTRAN_VERSIONS)[number], folder: string): string {
  const name = `libgfortran.so.${version}`;
  const file = join(folder, name);
  const linking = [`-Wl,-soname,${name}`, "-Wl,--version-script=gfortran.map", "-Wl,--build-id=none"];
  execFileSync(findCompiler(), ["-std=gnu17", "-O2", "-fPIC", "-shared", ...linking, "-o", file, "gfortran.c"], {
    cwd: HERE,
    timeout: 60_000,
  });
  return file;
}
