import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findCompiler } from "./compiler.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** The name that functions/emulator/cvode/integrand.ts looks for. */
export const INTEGRAND = "libboptest-integrand.so";

/**
 * Compiles integrand.c into a folder. Its path. No product and sum become one instruction: every machine computes the same bits.
 */
export function buildIntegrand(folder: string): string {
  const file = join(folder, INTEGRAND);
  const options = ["-std=gnu17", "-O2", "-ffp-contract=off", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror"];
  execFileSync(findCompiler(), [...options, "-Wl,--build-id=none", "-o", file, "integrand.c", "-lm"], {
    cwd: HERE,
    timeout: 60_000,
  });
  return file;
}
