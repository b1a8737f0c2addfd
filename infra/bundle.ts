import { mkdirSync, readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import type { BuildOptions, Metafile } from "esbuild";
import { placeAssets, replace } from "./bundle-assets.ts";
import { bundlePage } from "./bundle-page.ts";
import { changedSince, makeStamp, readFreshStamp } from "./bundle-stamp.ts";
import { luaPlugin } from "./lua.ts";

/** This project's folder, searched for upwards from this file, or from the bundle that contains this code. */
export const ROOT = folderOf(import.meta.url);
export const DIST = join(ROOT, "dist");

/** The functions of the stack: `functions/<name>/handler.ts` becomes `dist/<name>/index.mjs`. */
export const FUNCTIONS = ["api", "worker", "sweeper", "emulator", "intake"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** How functions, and what runs them here, are bundled. */
export const BUNDLING = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  minify: true,
  treeShaking: true,
  sourcemap: "linked",
  // Logs and errors show the names of classes, and the AWS SDK uses some.
  keepNames: true,
  legalComments: "none",
  // The ES modules of the AWS SDK: only these can be tree-shaken.
  mainFields: ["module", "main"],
  // Some CommonJS dependencies call require() for Node's own modules, which ES modules do not have.
  banner: { js: 'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);' },
  logLevel: "silent",
} as const satisfies BuildOptions;

export interface Bundle {
  /** The bundled program; that of a function exports `handler`. */
  file: string;
  metafile: Metafile;
}

export interface BundleOptions {
  /** The file's name without `.mjs`; `index` by default. */
  readonly name?: string;
  /** Packages that the bundle loads from `node_modules`. */
  readonly external?: readonly string[];
  /** True by default. A program that is not minified shows its source lines in uncaught errors. */
  readonly minify?: boolean;
}

/**
 * Bundles one entry point into a folder, unless the bundle there is up to date. Several processes can call it at once: it
 * is built in memory, files change only with their content, and in one rename.
 */
export async function bundle(
  entry: string,
  dir: string,
  { name = "index", external = [], minify = true }: BundleOptions = {},
): Promise<Bundle> {
  const file = join(dir, `${name}.mjs`);
  const stampFile = join(dir, name === "index" ? "bundle.json" : `${name}.bundle.json`);
  const of = { external: [...external], minify, absWorkingDir: ROOT, entryPoints: [entry], outfile: file };
  const options = { ...BUNDLING, ...of };
  const { version } = readManifest(folderOf("esbuild"));
  const known = readFreshStamp(stampFile, ROOT, [options, version], file);
  if (known) return { file, metafile: known.metafile };

  // Loaded only to bundle, because esbuild stays in memory until the process ends.
  const { build } = await import("esbuild");
  const begun = Date.now();
  const { outputFiles, metafile } = await build({ ...options, plugins: [luaPlugin], write: false, metafile: true });
  mkdirSync(dir, { recursive: true });
  for (const output of outputFiles) replace(output.path, output.contents);
  // Last, so that the stamp never describes missing files.
  if (!changedSince(ROOT, metafile, begun)) {
    replace(stampFile, Buffer.from(JSON.stringify(makeStamp(ROOT, [options, version], file, metafile))));
  }
  return { file, metafile };
}

/** Bundles all functions of the stack. */
export async function bundleFunctions(): Promise<Record<FunctionName, Bundle>> {
  const bundles = FUNCTIONS.map(async (name): Promise<[FunctionName, Bundle]> => {
    const [source, dir] = [join(ROOT, "functions", name), join(DIST, name)];
    placeAssets(name, ROOT, dir);
    if (name === "api") await bundlePage(ROOT, dir);
    return [name, await bundle(join(source, "handler.ts"), dir)];
  });
  return Object.fromEntries(await Promise.all(bundles)) as Record<FunctionName, Bundle>;
}

export interface Duplicate {
  name: string;
  versions: string[];
}

/** Packages that a bundle contains in more than one version. */
export function duplicates(metafile: Pick<Metafile, "inputs">, root = ROOT): Duplicate[] {
  const versions = new Map<string, Set<string>>();
  const folders = new Set(Object.keys(metafile.inputs).flatMap((input) => packageFolder(input) ?? []));
  for (const folder of folders) {
    const { name, version } = readManifest(join(root, folder));
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  return [...versions]
    .filter(([, found]) => found.size > 1)
    .map(([name, found]) => ({ name, versions: [...found].sort() }));
}

/** The folder of the package that contains a file, or of the package of that name. */
function folderOf(fileOrPackage: string): string {
  const manifest = findPackageJSON(fileOrPackage, import.meta.url);
  if (manifest === undefined) throw new Error(`No package.json found for ${fileOrPackage}`);
  return dirname(manifest);
}

function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function readManifest(folder: string): { name: string; version: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
