import { dirname } from "node:path";
import { FUNCTIONS, type FunctionName } from "../bundle.ts";
import type { PoolOptions } from "./host/pool.ts";
import { LOCAL_ENVIRONMENT } from "./local-numbers.ts";
import type { Logs } from "./logs.ts";
import { REGION } from "./storage.ts";
import type { Watchdog } from "./watchdog.ts";
import { type Resolved, resolveEnvironment, type Wiring } from "./wiring.ts";

export interface FunctionSettings {
  wiring: Wiring;
  resolved: Resolved;
  storageEndpoint: string;
  /** Over what the wiring says, for every function. */
  overrides: Record<string, string>;
  watchdog: Watchdog;
  logs: Logs;
}

/** How the host is to run each function. */
export function hostOptions(settings: FunctionSettings): Record<FunctionName, PoolOptions> {
  const options = FUNCTIONS.map((name): [FunctionName, PoolOptions] => {
    const { bundle, timeoutMs, processes, concurrency } = settings.wiring.functions[name];
    const { watchdog, logs } = settings;
    const log = (line: string) => logs.write(name, line);
    const environment = environmentOf(name, settings);
    return [name, { name, bundle, environment, timeoutMs, processes, concurrency, watchdog, log }];
  });
  return Object.fromEntries(options) as Record<FunctionName, PoolOptions>;
}

/** What the wiring names, what Lambda itself sets, and where the stand-ins for AWS are. Nothing of the host's own. */
export function environmentOf(
  name: FunctionName,
  { wiring, resolved, storageEndpoint, overrides }: FunctionSettings,
): Record<string, string> {
  const { bundle, environment, memoryMb } = wiring.functions[name];
  return {
    PATH: process.env.PATH ?? "",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    LAMBDA_TASK_ROOT: dirname(bundle),
    AWS_ENDPOINT_URL_S3: storageEndpoint,
    AWS_ENDPOINT_URL_SQS: storageEndpoint,
    ...LOCAL_ENVIRONMENT,
    ...resolveEnvironment(environment, resolved),
    ...overrides,
  };
}
