import { spawnSync } from "node:child_process";

let found: string | undefined;

/** The system's C compiler. Throws saying what to install if there is none. */
export function findCompiler(): string {
  const candidates = [process.env.CC ?? "", "cc", "gcc", "clang"].filter((each) => each !== "");
  found ??= candidates.find((each) => spawnSync(each, ["--version"], { stdio: "ignore" }).status === 0);
  if (found === undefined) {
    throw new Error(
      `No C compiler was found (tried ${candidates.join(", ")}). Install one, on Debian and Ubuntu: ` +
        "sudo apt-get install gcc libc6-dev; or name yours in CC.",
    );
  }
  return found;
}
