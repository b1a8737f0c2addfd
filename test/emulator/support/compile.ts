import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findCompiler } from "../../../infra/native/compiler.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const HOST = fileURLToPath(new URL("../../../infra/native/host", import.meta.url));

/** Compiles a program of this folder with some of the host's sources. Its path, in a folder of its own. */
export function compileWith(program: string, ...sources: readonly string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), "boptest-host-")), "program");
  const options = ["-std=gnu17", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror"];
  const files = [join(HERE, program), ...sources.map((each) => join(HOST, each))];
  execFileSync(findCompiler(), [...options, "-o", file, ...files, "-ldl", "-lm"], { timeout: 60_000 });
  return file;
}
