import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FUNCTIONS, type FunctionName } from "../../bundle.ts";
import { Problem } from "../../programs/problem.ts";
import { LOCAL } from "../lambda/local-numbers.ts";
import { environmentOf } from "./environment.ts";
import { readObjectEvents } from "./object-events.ts";
import { isReferenceTo, type Resource, Resources, type TargetOf } from "./resources.ts";
import type { Cors, FunctionWiring, HttpWiring, QueueWiring, SocketWiring, Wiring } from "./wiring.ts";

/**
 * Reads the wiring from a synthesized template. There is no other description: a part that the stack lacks is missing in the
 * local cloud, too.
 *
 * @param file a template in the folder that also contains its bundles
 * @throws Problem for a template that the local cloud does not support
 */
export function readTemplate(file: string): Wiring {
  const resources = Resources.parse(readFileSync(file, "utf8"));
  const functions = new Map(
    resources
      .ofType("AWS::Lambda::Function")
      .filter(({ name }) => (FUNCTIONS as readonly string[]).includes(name))
      .map((resource) => [resource.name as FunctionName, resource]),
  );
  for (const name of FUNCTIONS) if (!functions.has(name)) throw new Problem(`The stack has no function ${name}`);
  const targetOf = (reference: unknown): FunctionName => {
    for (const [name, { id }] of functions) if (isReferenceTo(reference, id)) return name;
    throw new Problem(`The stack wires something to ${JSON.stringify(reference)}, which is none of its functions`);
  };
  const wirings = [...functions].map(([name, resource]): [FunctionName, FunctionWiring] => [
    name,
    readFunction(name, resource, resources, dirname(file)),
  ]);
  return {
    functions: Object.fromEntries(wirings) as Record<FunctionName, FunctionWiring>,
    http: readHttp(resources, targetOf),
    socket: readSocket(resources, targetOf),
    queue: readQueue(resources, targetOf),
    schedule: readSchedule(resources, targetOf),
    bucket: resources.only("AWS::S3::Bucket").name,
    objectEvents: readObjectEvents(resources, targetOf),
  };
}

function readFunction(name: FunctionName, resource: Resource, resources: Resources, dir: string): FunctionWiring {
  const {
    Timeout = 3,
    MemorySize = 128,
    Handler,
    Environment,
    TenancyConfig,
  } = resource.properties as {
    Timeout?: number;
    MemorySize?: number;
    Handler?: string;
    Environment?: { Variables?: Record<string, unknown> };
    TenancyConfig?: { TenantIsolationMode?: string };
  };
  const asset = resource.metadata["aws:asset:path"];
  if (typeof asset !== "string" || Handler !== "index.handler") throw new Problem(`${resource.id} has no bundle`);
  return {
    bundle: join(dir, asset, "index.mjs"),
    environment: environmentOf(resources, Environment?.Variables ?? {}),
    timeoutMs: Timeout * 1000,
    memoryMb: MemorySize,
    tenants: TenancyConfig?.TenantIsolationMode === "PER_TENANT",
    ...LOCAL[name],
  };
}

function readHttp(resources: Resources, targetOf: TargetOf): HttpWiring {
  const [api, another] = apisOf(resources, "HTTP");
  if (api === undefined || another !== undefined) throw new Problem("The stack must have one HTTP API");
  const { integration, target, timeoutMs } = readIntegration(api, resources, targetOf);
  const routes = partsOf(api, "Route", resources).map(({ id, properties: { RouteKey, Target } }) => {
    if (typeof RouteKey === "string" && isReferenceTo(Target, integration.id)) return RouteKey;
    throw new Problem(`The route ${id} has no integration`);
  });
  return { function: target, routes, timeoutMs, cors: readCors(api) };
}

function readSocket(resources: Resources, targetOf: TargetOf): SocketWiring | undefined {
  const [api] = apisOf(resources, "WEBSOCKET");
  const [stage] = api === undefined ? [] : partsOf(api, "Stage", resources);
  if (api === undefined || stage === undefined) return undefined;
  const { integration, target, timeoutMs } = readIntegration(api, resources, targetOf);
  const [route, another] = partsOf(api, "Route", resources);
  const isDefault = route?.properties.RouteKey === "$default" && another === undefined;
  if (!isDefault || !isReferenceTo(route.properties.Target, integration.id)) {
    throw new Problem("The local cloud knows no route of a WebSocket API but $default");
  }
  return { function: target, stage: String(stage.properties.StageName), timeoutMs };
}

function apisOf(resources: Resources, protocol: "HTTP" | "WEBSOCKET"): Resource[] {
  return resources.ofType("AWS::ApiGatewayV2::Api").filter(({ properties }) => properties.ProtocolType === protocol);
}

function partsOf(api: Resource, type: "Route" | "Integration" | "Stage", resources: Resources): Resource[] {
  return resources
    .ofType(`AWS::ApiGatewayV2::${type}`)
    .filter(({ properties }) => isReferenceTo(properties.ApiId, api.id));
}

function readIntegration(api: Resource, resources: Resources, targetOf: TargetOf) {
  const [integration, another] = partsOf(api, "Integration", resources);
  if (integration === undefined || another !== undefined) throw new Problem(`${api.id} must have one integration`);
  const { IntegrationUri, TimeoutInMillis = api.properties.ProtocolType === "HTTP" ? 30_000 : 29_000 } =
    integration.properties as { IntegrationUri?: unknown; TimeoutInMillis?: number };
  return { integration, target: targetOf(IntegrationUri), timeoutMs: TimeoutInMillis };
}

function readCors(api: Resource): Cors | undefined {
  const cors = api.properties.CorsConfiguration as
    | {
        AllowOrigins?: string[];
        AllowMethods?: string[];
        AllowHeaders?: string[];
        ExposeHeaders?: string[];
        MaxAge?: number;
      }
    | undefined;
  if (cors === undefined) return undefined;
  return {
    allowOrigins: cors.AllowOrigins ?? [],
    allowMethods: cors.AllowMethods ?? [],
    allowHeaders: cors.AllowHeaders ?? [],
    exposeHeaders: cors.ExposeHeaders ?? [],
    maxAgeSeconds: cors.MaxAge ?? 0,
  };
}

/** The queue that has a dead-letter queue. */
function readQueue(resources: Resources, targetOf: TargetOf): QueueWiring {
  const queue = resources.ofType("AWS::SQS::Queue").find(({ properties }) => properties.RedrivePolicy !== undefined);
  if (queue === undefined) throw new Problem("The stack has no queue with a dead-letter queue");
  const { VisibilityTimeout = 30, RedrivePolicy } = queue.properties as {
    VisibilityTimeout?: number;
    RedrivePolicy: { maxReceiveCount: number };
  };
  const source = resources
    .ofType("AWS::Lambda::EventSourceMapping")
    .find(({ properties }) => isReferenceTo(properties.EventSourceArn, queue.id));
  const {
    BatchSize = 10,
    FunctionName,
    FunctionResponseTypes = [],
  } = (source?.properties ?? {}) as {
    BatchSize?: number;
    FunctionName?: unknown;
    FunctionResponseTypes?: string[];
  };
  return {
    name: queue.name,
    visibilitySeconds: VisibilityTimeout,
    maxReceiveCount: RedrivePolicy.maxReceiveCount,
    consumer: source && {
      function: targetOf(FunctionName),
      batchSize: BatchSize,
      partialFailures: FunctionResponseTypes.includes("ReportBatchItemFailures"),
    },
  };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

function readSchedule(resources: Resources, targetOf: TargetOf): Wiring["schedule"] {
  const [rule] = resources
    .ofType("AWS::Events::Rule")
    .filter(({ properties }) => properties.ScheduleExpression !== undefined);
  if (rule === undefined) return undefined;
  const { ScheduleExpression = "", Targets = [] } = rule.properties as {
    ScheduleExpression?: string;
    Targets?: { Arn?: unknown }[];
  };
  const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(ScheduleExpression) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  if (!(seconds > 0)) throw new Problem(`The local cloud does not support the schedule ${ScheduleExpression}`);
  return { rateSeconds: seconds, function: targetOf(Targets[0]?.Arn) };
}
