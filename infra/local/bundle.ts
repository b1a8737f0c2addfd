import { join } from "node:path";
import { bundle, DIST, ROOT } from "../bundle.ts";

/** Loaded from `node_modules`: the one from several of its own files, the other only where something is to be bundled. */
const EXTERNAL = ["fauxqs", "esbuild"];

/**
 * Bundles what `npm start` runs. As TypeScript it would take a quarter more memory, for as long as it runs: for what
 * strips types off, for the bundler, and for what makes ES modules of others.
 *
 * @returns the program's file
 */
export async function bundleStart(): Promise<string> {
  const options = { external: EXTERNAL, minify: false };
  const { file } = await bundle(join(ROOT, "infra/local/start.ts"), join(DIST, "local"), options);
  return file;
}

/** Bundles what runs a function in a process of its own. @returns the program's file */
export async function bundleRunner(): Promise<string> {
  const { file } = await bundle(join(ROOT, "infra/local/host/process.ts"), join(DIST, "host"));
  return file;
}
