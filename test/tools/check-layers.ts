import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findWrongImports, readSourceFile } from "./layers.ts";

/** A part of `npm run check`: fails if an import of `functions` or `infra` points up or sideways in the layers. */
const root = join(import.meta.dirname, "../..");
const patterns = ["functions/**.ts", "functions/**.tsx", "infra/**.ts"];
const listing = ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns];
const paths = execFileSync("git", listing, { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((path) => /\.tsx?$/.test(path));
const files = paths
  .filter((path) => !path.endsWith(".d.ts") && existsSync(join(root, path)))
  .map((path) => readSourceFile(root, path));
const wrong = findWrongImports(files);
for (const line of wrong) process.stderr.write(`${line}\n`);
if (wrong.length > 0) process.exit(1);
process.stdout.write(`Layers: ${files.length} files, no import points up or sideways.\n`);
