import type { FunctionName } from "../../bundle.ts";
import type { LocalNumbers } from "../lambda/local-numbers.ts";

/**
 * What the stack consists of and how it hangs together, as plain data: functions, what invokes them, and what they are
 * told about each other. Read from the synthesized template, see template.ts.
 */
export interface Wiring {
  functions: Record<FunctionName, FunctionWiring>;
  http: HttpWiring;
  queue: QueueWiring;
  schedule: { rateSeconds: number; function: FunctionName } | undefined;
  bucket: string;
  /** What is told of objects that are created in the bucket, if anything. */
  objectEvents: ObjectEventsWiring | undefined;
}

export interface FunctionWiring extends LocalNumbers {
  /** The file that exports `handler`. */
  bundle: string;
  /** Values may be the placeholders below. */
  environment: Record<string, string>;
  /** An invocation that takes longer is ended, and its process with it. */
  timeoutMs: number;
  memoryMb: number;
  /** No process of it ever works for more than one tenant. It runs others' code, and is told nothing. */
  tenants: boolean;
}

export interface HttpWiring {
  function: FunctionName;
  /** API Gateway's route keys, `GET /status/{testid}`. */
  routes: readonly string[];
  timeoutMs: number;
  /** What pages of other origins may do, if anything. */
  cors: Cors | undefined;
}

/** The API's CORS configuration. API Gateway answers with these lists as they are, whatever a preflight asks for. */
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
  /** After so many deliveries a message goes to the dead-letter queue. */
  maxReceiveCount: number;
  /** The event source mapping; without one, messages stay where they are. */
  consumer: { function: FunctionName; batchSize: number; partialFailures: boolean } | undefined;
}

export interface ObjectEventsWiring {
  function: FunctionName;
  /** What the objects' keys begin with. */
  prefix: string;
  /** How often an event is tried again that the function failed at. */
  retries: number;
}

/** Stand for what is only known once the cloud runs. */
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
