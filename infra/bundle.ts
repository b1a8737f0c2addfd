import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, version } from "esbuild";
import { changedSince, makeStamp, readFreshStamp } from "./bundle-stamp.ts";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const DIST = join(ROOT, "dist");

/** The functions of the stack: `functions/<name>/handler.ts` becomes `dist/<name>/index.mjs`. */
export const FUNCTIONS = ["api", "worker", "sweeper"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** How every function is bundled. */
export const BUNDLING = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  minify: true,
  treeShaking: true,
  sourcemap: "linked",
  // Names of classes show in logs and errors.
  keepNames: true,
  legalComments: "none",
  loader: { ".lua": "text" },
  // The ES modules of the AWS SDK: only they can be shaken.
  mainFields: ["module", "main"],
  // Some CommonJS dependencies call require() for Node's own modules, which an ES module has not got.
  banner: { js: 'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);' },
  logLevel: "silent",
} as const satisfies BuildOptions;

export interface Bundle {
  /** The file that exports `handler`. */
  file: string;
  metafile: Metafile;
}

/**
 * Bundles one entry point into `<dir>/index.mjs`, unless the one there is up to date. Safe to be called by several
 * processes at once: built in memory, files change only when their content does, and then in one rename.
 */
export async function bundle(entry: string, dir: string): Promise<Bundle> {
  const file = join(dir, "index.mjs");
  const stampFile = join(dir, "bundle.json");
  const options = { ...BUNDLING, absWorkingDir: ROOT, entryPoints: [entry], outfile: file };
  const known = readFreshStamp(stampFile, ROOT, [options, version], file);
  if (known) return { file, metafile: known.metafile };

  const begun = Date.now();
  const { outputFiles, metafile } = await build({ ...options, write: false, metafile: true });
  mkdirSync(dir, { recursive: true });
  for (const output of outputFiles) replace(output.path, output.contents);
  // Last, so that it never speaks of files that are not there yet.
  if (!changedSince(ROOT, metafile, begun)) {
    replace(stampFile, Buffer.from(JSON.stringify(makeStamp(ROOT, [options, version], file, metafile))));
  }
  return { file, metafile };
}

/** Files that a function reads at run time: beside its bundle, where they come from. Kept as they are. */
const ASSETS: Readonly<Record<FunctionName, Readonly<Record<string, string>>>> = {
  api: {
    "openapi.yaml": "functions/api/openapi.yaml",
    "docs/index.html": "functions/api/docs/index.html",
    "docs/page.js": "functions/api/docs/page.js",
    "docs/swagger-ui-bundle.js": "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
    "docs/swagger-ui.css": "node_modules/swagger-ui-dist/swagger-ui.css",
  },
  worker: {},
  sweeper: {},
};

function placeAssets(name: FunctionName): void {
  for (const [target, source] of Object.entries(ASSETS[name])) {
    const path = join(DIST, name, target);
    mkdirSync(dirname(path), { recursive: true });
    replace(path, readFileSync(join(ROOT, source)));
  }
}

/** Bundles all functions of the stack. */
export async function bundleFunctions(): Promise<Record<FunctionName, Bundle>> {
  const bundles = FUNCTIONS.map(async (name): Promise<[FunctionName, Bundle]> => {
    placeAssets(name);
    return [name, await bundle(join(ROOT, "functions", name, "handler.ts"), join(DIST, name))];
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

function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function readManifest(folder: string): { name: string; version: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function replace(path: string, contents: Uint8Array): void {
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

/** `npm run build` */
if (import.meta.main) {
  for (const [name, built] of Object.entries(await bundleFunctions())) {
    const bytes = Object.values(built.metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined)?.bytes ?? 0;
    const twice = duplicates(built.metafile).map((each) => `${each.name} ${each.versions.join(" and ")}`);
    process.stdout.write(`${name}: ${relative(ROOT, built.file)}, ${Math.round(bytes / 1024)} KB\n`);
    if (twice.length > 0) process.stdout.write(`  in more than one version: ${twice.join(", ")}\n`);
  }
}
