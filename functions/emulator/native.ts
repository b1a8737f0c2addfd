import { existsSync } from "node:fs";
import { join } from "node:path";
import { EmulatorError } from "./failure.ts";
import { libraryFolders } from "./library-folders.ts";

/* What infra/native compiles. */
const [HOST, HIDE, CVODE] = ["../bin/boptest-host", "boptest-hide.node", "libsundials_cvode.so.6"];

function find(name: string): string | undefined {
  return libraryFolders()
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** The program of a model's process. @throws EmulatorError if it was not compiled */
export function hostProgram(): string {
  const program = find(HOST);
  if (program === undefined) {
    throw new EmulatorError(
      "load",
      'models need the program boptest-host, which was not found: "npm run layer" makes it',
    );
  }
  return program;
}

/** CVODE's library, for models of Model Exchange: a path, or its name where only the system may know where it is. */
export function cvodeLibrary(): string {
  return find(CVODE) ?? CVODE;
}

/** Other processes of the same user cannot look into this one's memory and environment any more. Whether they could before. */
export function hideFromOthers(): boolean | undefined {
  const addon = find(HIDE);
  if (addon === undefined) return undefined;
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module, addon);
  return module.exports !== 0;
}
