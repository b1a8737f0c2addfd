import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, DIST, FUNCTIONS, type FunctionName } from "../../../infra/bundle.ts";
import { type Cloud, type CloudOptions, startCloud } from "../../../infra/local/cloud.ts";
import { WIRING, type Wiring } from "../../../infra/local/wiring.ts";

const ROUTES = [
  "ANY /echo/{name}",
  "GET /answer",
  "GET /environment",
  "GET /throw",
  "GET /bad",
  "GET /big",
  "GET /slow",
  "GET /busy",
  "GET /pid",
];

/** The real wiring, with the toys' routes, and limits that a test can wait for. */
export function toyWiring(timeoutMs = 10_000): Wiring {
  const { api, worker, sweeper } = WIRING.functions;
  return {
    ...WIRING,
    functions: {
      api: { ...api, timeoutMs },
      worker: { ...worker, timeoutMs },
      sweeper: { ...sweeper, timeoutMs },
    },
    http: { ...WIRING.http, routes: ROUTES },
    queue: { ...WIRING.queue, maxReceiveCount: 3 },
  };
}

/** Functions that do as they are told, in place of the project's. */
export async function startToyCloud(options: CloudOptions = {}): Promise<Cloud> {
  const bundles = await Promise.all(FUNCTIONS.map(async (name) => [name, await bundleToy(name)]));
  return await startCloud({
    wiring: toyWiring(),
    visibilitySeconds: 2,
    scheduleSeconds: 0,
    bundles: Object.fromEntries(bundles),
    ...options,
  });
}

async function bundleToy(name: FunctionName): Promise<string> {
  const entry = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const { file } = await bundle(entry, join(DIST, "toys", name));
  return file;
}
