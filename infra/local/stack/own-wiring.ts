import { synthesize } from "../../synthesize.ts";
import { readTemplate } from "./template.ts";
import type { Wiring } from "./wiring.ts";

/** The wiring of this project's stack as the sources describe it now. */
export async function readWiring(): Promise<Wiring> {
  return readTemplate(await synthesize());
}
