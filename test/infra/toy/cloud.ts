import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, DIST, FUNCTIONS, type FunctionName } from "../../../infra/bundle.ts";
import { type Cloud, type CloudOptions, startCloud } from "../../../infra/local/cloud/cloud.ts";
import { readWiring } from "../../../infra/local/stack/own-wiring.ts";
import type { Wiring } from "../../../infra/local/stack/wiring.ts";

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

/** The real wiring, with the toys, their routes, and limits that a test can wait for. */
export async function toyWiring(timeoutMs = 10_000): Promise<Wiring> {
  const wiring = await readWiring();
  const toys = FUNCTIONS.map(async (name) => {
    const toy = { ...wiring.functions[name], bundle: await bundleToy(name), timeoutMs };
    return [name, toy] as const;
  });
  return {
    ...wiring,
    functions: Object.fromEntries(await Promise.all(toys)) as Wiring["functions"],
    http: { ...wiring.http, routes: ROUTES },
    queue: { ...wiring.queue, maxReceiveCount: 3 },
  };
}

/** Functions that do as they are told, in place of the project's. */
export async function startToyCloud(options: CloudOptions = {}): Promise<Cloud> {
  return await startCloud({
    wiring: options.wiring ?? (await toyWiring()),
    visibilitySeconds: 2,
    scheduleSeconds: 0,
    ...options,
  });
}

async function bundleToy(name: FunctionName): Promise<string> {
  const entry = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const { file } = await bundle(entry, join(DIST, "toys", name));
  return file;
}
