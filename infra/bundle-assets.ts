import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Files that a function reads at run time: beside its bundle, where they come from. Kept as they are. */
const ASSETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  api: {
    "openapi.yaml": "functions/api/openapi.yaml",
    "docs/index.html": "functions/api/docs/index.html",
    "docs/page.js": "functions/api/docs/page.js",
    "docs/swagger-ui-bundle.js": "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
    "docs/swagger-ui.css": "node_modules/swagger-ui-dist/swagger-ui.css",
  },
};

/** Puts the files of a function beside its bundle. */
export function placeAssets(name: string, root: string, dir: string): void {
  for (const [target, from] of Object.entries(ASSETS[name] ?? {})) {
    const path = join(dir, target);
    mkdirSync(dirname(path), { recursive: true });
    replace(path, readFileSync(join(root, from)));
  }
}

/** Writes a file whole or not at all, and leaves one alone that has this content. */
export function replace(path: string, contents: Uint8Array, mode = 0o644): void {
  if (sameAs(path, contents)) return;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${performance.now()}`);
  try {
    writeFileSync(temporary, contents, { mode });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function sameAs(path: string, contents: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(contents);
  } catch {
    return false;
  }
}
