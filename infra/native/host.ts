import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findCompiler } from "./compiler.ts";

const HERE = fileURLToPath(new URL("./host", import.meta.url));

/** The names that functions/emulator/native.ts looks for. */
export const HOST = "boptest-host";
export const HIDE = "boptest-hide.node";
/** The newest C library that Lambda has. */
const NEWEST_MINOR = 34;

/**
 * Compiles the program of a model's process (host/*.c), and the addon that hides this service's own process (hide.c), into a
 * folder. Their paths. No product and sum become one instruction: every machine computes the same bits.
 */
export function buildHost(folder: string): { readonly host: string; readonly hide: string } {
  const options = ["-std=gnu17", "-D_GNU_SOURCE", "-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"];
  const [host, hide] = [join(folder, HOST), join(folder, HIDE)];
  const compile = (...args: string[]) =>
    execFileSync(findCompiler(), [...options, "-Wl,--build-id=none", ...args], { cwd: HERE, timeout: 180_000 });
  const sources = readdirSync(HERE).filter((name) => name.endsWith(".c"));
  const linking = ["-no-pie", "-Wl,-z,now", "-Wl,--dynamic-list=exported.list"];
  compile("-fno-pie", "-fno-stack-protector", ...linking, "-o", host, ...sources.toSorted(), "-ldl", "-lm");
  compile("-fPIC", "-shared", "-o", hide, "../hide.c");
  for (const file of [host, hide]) requireOldLibrary(file);
  return { host, hide };
}

/** @throws Error if a file needs a newer C library than Lambda's */
function requireOldLibrary(file: string): void {
  const minors = [...readFileSync(file, "latin1").matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
  const newest = Math.max(0, ...minors);
  if (newest > NEWEST_MINOR) throw new Error(`${file} needs version 2.${newest} of the C library; Lambda has 2.34`);
}
