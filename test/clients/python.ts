import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../infra/bundle.ts";

/** The interpreter that runs the Python client's tests: `PYTHON` names another one than `python3`. */
export const PYTHON = process.env.PYTHON ?? "python3";

/** @throws Error that says what to install where Python, or a package that its tests need, is not here */
export function demandPython(...modules: readonly string[]): void {
  try {
    execFileSync(PYTHON, ["-c", ["sys", ...modules].map((name) => `import ${name}`).join("; ")], { stdio: "pipe" });
  } catch (error) {
    const packages = ["python3", ...modules.map((name) => `python3-${name}`)].join(" ");
    const why = `${PYTHON} with ${modules.join(", ")} is not here: install it (Debian, Ubuntu: sudo apt-get install ${packages}), or name another interpreter in PYTHON`;
    throw new Error(why, { cause: error });
  }
}

/** Runs Python with the client's package on its path. @returns what it wrote, as `stdout` and `stderr` */
export async function runPython(args: readonly string[], environment: Readonly<Record<string, string>>, cwd = ROOT) {
  return await promisify(execFile)(PYTHON, args, {
    cwd,
    env: {
      ...process.env,
      ...environment,
      PYTHONPATH: join(ROOT, "clients", "python", "src"),
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
}
