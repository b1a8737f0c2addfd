import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { BuildOptions } from "esbuild";
import { replace } from "./bundle-assets.ts";
import { changedSince, makeStamp, readFreshStamp } from "./bundle-stamp.ts";

/** How the page is bundled. Browsers of the last three years run the result. */
const BUNDLING = {
  bundle: true,
  platform: "browser",
  target: ["chrome120", "firefox120", "safari17"],
  format: "esm",
  minify: true,
  legalComments: "none",
  entryPoints: ["functions/page/main.tsx", "functions/page/style/page.css"],
  // A file's name changes with its content, so that browsers can keep it for ever.
  entryNames: "page-[hash]",
  outdir: "dist/page",
  logLevel: "silent",
} as const satisfies BuildOptions;

const ENTRY = "index.html";
const STAMP = "bundle.json";

/**
 * Bundles the page into `dir`/page: `index.html`, and the script and style sheet that it names. Does nothing if they are
 * up to date. Several processes can call it at once.
 *
 * @returns the files' names, `index.html` first
 */
export async function bundlePage(root: string, dir: string): Promise<string[]> {
  const folder = join(dir, "page");
  const stampFile = join(folder, STAMP);
  const template = readFileSync(join(root, "functions/page", ENTRY), "utf8");
  const options = [BUNDLING, template, readFileSync(join(root, "node_modules/esbuild/package.json"), "utf8")];
  const known = readFreshStamp(stampFile, root, options, join(folder, ENTRY));
  const before = known && [ENTRY, ...Object.keys(known.metafile.outputs).map((path) => basename(path))];
  if (before?.every((name) => existsSync(join(folder, name)))) return before;

  // Loaded only to bundle, because esbuild stays in memory until the process ends.
  const { build } = await import("esbuild");
  const begun = Date.now();
  const built = await build({ ...BUNDLING, absWorkingDir: root, write: false, metafile: true });
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of built.outputFiles) replace(join(folder, basename(path)), contents);
  const names = built.outputFiles.map(({ path }) => basename(path));
  // Last, so that it never names missing files.
  replace(join(folder, ENTRY), Buffer.from(fill(template, names)));
  const kept = [ENTRY, ...names];
  for (const name of readdirSync(folder)) {
    if (!kept.includes(name) && /^page-\w+\.(js|css)$/.test(name)) rmSync(join(folder, name), { force: true });
  }
  if (!changedSince(root, built.metafile, begun)) {
    const stamp = makeStamp(root, options, join(folder, ENTRY), built.metafile);
    replace(stampFile, Buffer.from(JSON.stringify(stamp)));
  }
  return kept;
}

/** Puts the names of the script and the style sheet into the entry. */
function fill(template: string, names: readonly string[]): string {
  return template.replace(/page\.(js|css)/g, (_, type) => {
    const name = names.find((each) => each.endsWith(`.${type}`));
    if (name === undefined) throw new Error(`The page's bundle has no .${type} file`);
    return name;
  });
}
