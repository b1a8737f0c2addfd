import { buildFmu, FMU_NAMES } from "./build.ts";

/** All FMUs are built once, ahead of the tests, unless they are there. */
export async function setup(): Promise<void> {
  for (const name of FMU_NAMES) await buildFmu(name);
}
