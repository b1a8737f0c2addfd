import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ROOT } from "../../infra/bundle.ts";

/** What to spawn to run a script of package.json with arguments, as npm does, but without npm and the script before it. */
export function npmScript(
  name: string,
  args: readonly string[],
): { readonly command: string; readonly args: string[]; readonly path: string } {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const { scripts } = manifest as { scripts: Readonly<Record<string, string>> };
  const quoted = args.map((arg) => `'${arg.replaceAll("'", "'\\''")}'`);
  return {
    command: "sh",
    args: ["-c", [scripts[name], ...quoted].join(" ")],
    path: [join(ROOT, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter),
  };
}
