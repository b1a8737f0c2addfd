import { execFile, execFileSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../infra/bundle.ts";

/** Those that setup knows, in its order; `PYTHON` names another one. */
const CANDIDATES = process.env.PYTHON === undefined ? ["python3", "/usr/bin/python3"] : [process.env.PYTHON];

/**
 * An interpreter that has these modules.
 * @throws Error that says what to install where there is none
 */
export function pythonWith(...modules: readonly string[]): string {
  const found = CANDIDATES.find((python) => canImport(python, ...modules));
  if (found !== undefined) return found;
  const packages = ["python3", ...modules.map((name) => `python3-${name}`)].join(" ");
  throw new Error(
    `${CANDIDATES[0]} with ${modules.join(" and ")} is not here: install it (Debian, Ubuntu: sudo apt-get install ${packages}), or name another interpreter in PYTHON`,
  );
}

export function canImport(python: string, ...modules: readonly string[]): boolean {
  try {
    execFileSync(python, ["-c", ["sys", ...modules].map((name) => `import ${name}`).join("; ")], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs Python with the client's package on its path. */
export async function runPython(
  python: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd = ROOT,
) {
  return await promisify(execFile)(python, args, { cwd, env: pythonEnvironment(environment) });
}

/** An environment in which Python finds the client's package. */
export function pythonEnvironment(environment: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...environment,
    // Gymnasium is where setup has put it, if it is not among the interpreter's own packages.
    PYTHONPATH: [join(ROOT, "clients", "python", "src"), join(ROOT, "node_modules", ".python")].join(delimiter),
    PYTHONDONTWRITEBYTECODE: "1",
  };
}
