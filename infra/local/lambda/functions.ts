import { dirname } from "node:path";
import { FUNCTIONS, type FunctionName } from "../../bundle.ts";
import type { Watchdog } from "../../programs/watchdog.ts";
import type { Logs } from "../cloud/logs.ts";
import { type Resolved, resolveEnvironment, type Wiring } from "../stack/wiring.ts";
import { CREDENTIALS } from "../storage/signature.ts";
import { REGION } from "../storage/storage.ts";
import type { PoolOptions } from "./host/pool.ts";
import { LOCAL_ENVIRONMENT } from "./local-numbers.ts";

export interface FunctionSettings {
  wiring: Wiring;
  resolved: Resolved;
  storageEndpoint: string;
  lambdaEndpoint: string;
  /** Where functions send messages to clients of the WebSocket API, if there is one. */
  connectionsEndpoint: string | undefined;
  /** Overrides the wiring, for each function except the one that runs uploaded code. */
  overrides: Record<string, string>;
  /** A folder for temporary files. */
  scratch: string;
  watchdog: Watchdog;
  logs: Logs;
}

/** How the host runs each function. */
export function hostOptions(settings: FunctionSettings): Record<FunctionName, PoolOptions> {
  const options = FUNCTIONS.map((name): [FunctionName, PoolOptions] => {
    const { bundle, timeoutMs, processes, concurrency, newMb, idleMs, tenants } = settings.wiring.functions[name];
    const { scratch, watchdog, logs } = settings;
    const log = (line: string) => logs.write(name, line);
    const environment = environmentOf(name, settings);
    return [
      name,
      { name, bundle, environment, timeoutMs, processes, concurrency, newMb, idleMs, tenants, scratch, watchdog, log },
    ];
  });
  return Object.fromEntries(options) as Record<FunctionName, PoolOptions>;
}

/** Variables of the wiring, those that Lambda sets, and the local endpoints instead of AWS'. None of the host's own. */
export function environmentOf(
  name: FunctionName,
  {
    wiring,
    resolved,
    storageEndpoint,
    lambdaEndpoint,
    connectionsEndpoint,
    overrides,
  }: Omit<FunctionSettings, "scratch">,
): Record<string, string> {
  const { bundle, environment, memoryMb, tenants } = wiring.functions[name];
  const own = {
    PATH: process.env.PATH ?? "",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    LAMBDA_TASK_ROOT: dirname(bundle),
    ...resolveEnvironment(environment, resolved),
  };
  // Uploaded code may read this environment. On Lambda it contains credentials of a role that denies everything.
  if (tenants) return own;
  return {
    ...own,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_ENDPOINT_URL_LAMBDA: lambdaEndpoint,
    AWS_ENDPOINT_URL_S3: storageEndpoint,
    AWS_ENDPOINT_URL_SQS: storageEndpoint,
    ...(connectionsEndpoint === undefined ? {} : { AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: connectionsEndpoint }),
    ...LOCAL_ENVIRONMENT,
    ...resolveEnvironment(environment, resolved),
    ...overrides,
  };
}
