import { buildLayer } from "../../infra/native/build.ts";
import { buildFmu, FMU_NAMES } from "./build.ts";

/** All FMUs are built once, ahead of the tests, unless they are there, and the libraries that they need. */
export async function setup(): Promise<void> {
  buildLayer();
  for (const name of FMU_NAMES) await buildFmu(name);
}
