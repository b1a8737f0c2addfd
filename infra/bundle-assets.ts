import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A file beside a bundle: its source in the project, and whether it is missing on some development machines. */
interface Asset {
  readonly from: string;
  readonly optional?: boolean;
}

const KOFFI = ["package.json", "LICENSE.txt", "index.js", "src/koffi/index.js", "src/koffi/src/static.js"];
/** koffi's native part, for Lambda; npm installs it on x86-64 Linux only. */
const KOFFI_NATIVE = ["package.json", "index.js", "linux_x64/koffi.node"];

/** Files that a function reads at run time, by their place beside the bundle. They are copied unchanged. */
const ASSETS: Readonly<Record<string, Readonly<Record<string, Asset>>>> = {
  api: {
    "openapi.yaml": { from: "functions/api/openapi.yaml" },
    "docs/index.html": { from: "functions/api/docs/index.html" },
    "docs/page.js": { from: "functions/api/docs/page.js" },
    "docs/swagger-ui-bundle.js": { from: "node_modules/swagger-ui-dist/swagger-ui-bundle.js" },
    "docs/swagger-ui.css": { from: "node_modules/swagger-ui-dist/swagger-ui.css" },
  },
  // Node.js finds a package with native code by its folder, so that it cannot be part of a bundle.
  emulator: {
    ...filesOf("koffi", KOFFI, {}),
    ...filesOf("@koromix/koffi-linux-x64", KOFFI_NATIVE, { optional: true }),
  },
};

function filesOf(name: string, files: readonly string[], options: { optional?: boolean }): Record<string, Asset> {
  const paths = files.map((file) => `node_modules/${name}/${file}`);
  return Object.fromEntries(paths.map((path) => [path, { from: path, ...options }]));
}

/** Puts the files of a function beside its bundle. @returns those that this machine does not have */
export function placeAssets(name: string, root: string, dir: string): string[] {
  const missing: string[] = [];
  for (const [target, { from, optional = false }] of Object.entries(ASSETS[name] ?? {})) {
    const source = join(root, from);
    if (optional && !existsSync(source)) {
      missing.push(from);
      continue;
    }
    const path = join(dir, target);
    mkdirSync(dirname(path), { recursive: true });
    replace(path, readFileSync(source));
  }
  return missing;
}

/** Writes a file in one step; a file with this content stays untouched. */
export function replace(path: string, contents: Uint8Array): void {
  if (sameAs(path, contents)) return;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${performance.now()}`);
  try {
    writeFileSync(temporary, contents);
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
