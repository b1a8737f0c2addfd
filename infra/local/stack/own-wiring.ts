import { synthesize } from "../../synthesize.ts";
import { readTemplate } from "./template.ts";
import type { Wiring } from "./wiring.ts";

/** This project's own stack, as it would be deployed right now. */
export async function readWiring(): Promise<Wiring> {
  return readTemplate(await synthesize());
}
