import { join } from "node:path";
import { bundle, DIST, ROOT } from "../../bundle.ts";
import { removeOldCode } from "../lambda/host/compiled-code.ts";

/** Not bundled: fauxqs loads further files of its own, and esbuild is only needed to bundle. */
const EXTERNAL = ["fauxqs", "esbuild"];

/**
 * Bundles what `npm start` runs. Running TypeScript directly would take a quarter more memory all the time, for
 * removing types, for the bundler, and for converting modules.
 *
 * @returns the program's file
 */
export async function bundleStart(): Promise<string> {
  const options = { external: EXTERNAL, minify: false };
  const { file } = await bundle(join(ROOT, "infra/local/start/start.ts"), join(DIST, "local"), options);
  return file;
}

/** Bundles the program that runs a function in its own process. @returns the program's file */
export async function bundleRunner(): Promise<string> {
  const folder = join(DIST, "host");
  removeOldCode(join(folder, "compiled"));
  const { file } = await bundle(join(ROOT, "infra/local/lambda/host/process.ts"), folder);
  return file;
}
