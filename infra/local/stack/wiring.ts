import type { FunctionName } from "../../bundle.ts";
import type { LocalNumbers } from "../lambda/local-numbers.ts";

/**
 * The parts of the stack and their connections, as plain data: functions, their event sources, and their environments. Read
 * from the synthesized template, see template.ts.
 */
export interface Wiring {
  functions: Record<FunctionName, FunctionWiring>;
  http: HttpWiring;
  /** The WebSocket API, if there is one. */
  socket: SocketWiring | undefined;
  queue: QueueWiring;
  schedule: { rateSeconds: number; function: FunctionName } | undefined;
  bucket: string;
  /** Events for objects created in the bucket, if the stack has any. */
  objectEvents: ObjectEventsWiring | undefined;
}

export interface FunctionWiring extends LocalNumbers {
  /** The file that exports `handler`. */
  bundle: string;
  /** Values may be the placeholders below. */
  environment: Record<string, string>;
  /** An invocation that takes longer is ended, with its process. */
  timeoutMs: number;
  memoryMb: number;
  /** Whether each process works for one tenant only. Such a function runs users' code, and its environment names no resource. */
  tenants: boolean;
}

export interface HttpWiring {
  function: FunctionName;
  /** API Gateway's route keys, `GET /status/{testid}`. */
  routes: readonly string[];
  timeoutMs: number;
  /** The CORS rules, if there are any. */
  cors: Cors | undefined;
}

/** A WebSocket API whose messages all take the route `$default`. */
export interface SocketWiring {
  function: FunctionName;
  /** The path at which clients connect, without its slash. */
  stage: string;
  timeoutMs: number;
}

/** The API's CORS configuration. API Gateway answers these lists to every preflight. */
export interface Cors {
  allowOrigins: readonly string[];
  allowMethods: readonly string[];
  allowHeaders: readonly string[];
  exposeHeaders: readonly string[];
  maxAgeSeconds: number;
}

export interface QueueWiring {
  name: string;
  visibilitySeconds: number;
  /** After this many deliveries a message goes to the dead-letter queue. */
  maxReceiveCount: number;
  /** The event source mapping; without one, messages stay in the queue. */
  consumer: { function: FunctionName; batchSize: number; partialFailures: boolean } | undefined;
}

export interface ObjectEventsWiring {
  function: FunctionName;
  /** The prefix of the objects' keys. */
  prefix: string;
  /** How often an event is retried after a failure of the function. */
  retries: number;
}

/** Placeholders for values that are known only when the cloud runs. */
export const PLACEHOLDER = {
  redisUrl: "<redis url>",
  redisToken: "<redis token>",
  bucket: "<bucket>",
  queueUrl: "<queue url>",
} as const;

export type Resolved = Record<keyof typeof PLACEHOLDER, string>;

/** A function's environment with every placeholder replaced. */
export function resolveEnvironment(environment: Record<string, string>, resolved: Resolved): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, placeholder] of Object.entries(PLACEHOLDER)) {
    values.set(placeholder, resolved[name as keyof Resolved]);
  }
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, values.get(value) ?? value]));
}
