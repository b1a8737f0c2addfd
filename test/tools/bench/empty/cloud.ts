import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, DIST } from "../../../../infra/bundle.ts";
import { type Cloud, startCloud } from "../../../../infra/local/cloud/cloud.ts";
import { readWiring } from "../../../../infra/local/stack/own-wiring.ts";

/** The same host and Redis REST server, with a function that runs one empty script only. */
export async function startEmptyCloud(): Promise<Cloud> {
  const entry = fileURLToPath(new URL("api.ts", import.meta.url));
  const [wiring, { file }] = await Promise.all([readWiring(), bundle(entry, join(DIST, "bench", "empty"))]);
  const { functions } = wiring;
  return await startCloud({
    wiring: { ...wiring, functions: { ...functions, api: { ...functions.api, bundle: file } } },
    scheduleSeconds: 0,
    workers: 1,
  });
}
