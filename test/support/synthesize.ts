import { synthesize } from "../../infra/synthesize.ts";

/** Vitest's global setup: the stack that the clouds of the tests run is made once, before they ask for it all at once. */
export default async function setup(): Promise<void> {
  await synthesize();
}
