import { ROUTES } from "../../functions/api/routes.ts";
import { ENV } from "../../functions/platform/environment.ts";
import type { FunctionName } from "../bundle.ts";

/**
 * What the stack consists of and how it hangs together, as plain data: functions, what invokes them, and what they are
 * told about each other.
 */
export interface Wiring {
  functions: Record<FunctionName, FunctionWiring>;
  http: HttpWiring;
  queue: QueueWiring;
  schedule: { rateSeconds: number; function: FunctionName };
  bucket: string;
}

export interface FunctionWiring {
  /** Values may be the placeholders below. */
  environment: Record<string, string>;
  /** An invocation that takes longer is ended, and its process with it. */
  timeoutMs: number;
  memoryMb: number;
  /** How many processes there are at most. */
  processes: number;
  /**
   * How many invocations a process works on at a time. Lambda gives each its own; where a function mostly waits, many in
   * one process let one machine serve hundreds of clients.
   */
  concurrency: number;
}

export interface HttpWiring {
  function: FunctionName;
  /** API Gateway's route keys, `GET /status/{testid}`. */
  routes: readonly string[];
  timeoutMs: number;
}

export interface QueueWiring {
  name: string;
  function: FunctionName;
  visibilitySeconds: number;
  maxReceiveCount: number;
  batchSize: number;
}

/** Stand for what is only known once the cloud runs. */
export const PLACEHOLDER = {
  redisUrl: "<redis url>",
  redisToken: "<redis token>",
  bucket: "<bucket>",
  queueUrl: "<queue url>",
} as const;

export type Resolved = Record<keyof typeof PLACEHOLDER, string>;

const ENVIRONMENT = {
  [ENV.redisUrl]: PLACEHOLDER.redisUrl,
  [ENV.redisToken]: PLACEHOLDER.redisToken,
  [ENV.bucket]: PLACEHOLDER.bucket,
  [ENV.doorbellQueueUrl]: PLACEHOLDER.queueUrl,
};

const WORKER_TIMEOUT_SECONDS = 60;

export const WIRING: Wiring = {
  functions: {
    api: { environment: ENVIRONMENT, timeoutMs: 30_000, memoryMb: 512, processes: 2, concurrency: 500 },
    worker: {
      environment: ENVIRONMENT,
      timeoutMs: WORKER_TIMEOUT_SECONDS * 1000,
      memoryMb: 1024,
      processes: 4,
      concurrency: 1,
    },
    sweeper: { environment: ENVIRONMENT, timeoutMs: 60_000, memoryMb: 512, processes: 1, concurrency: 1 },
  },
  http: { function: "api", routes: ROUTES, timeoutMs: 30_000 },
  queue: {
    name: "doorbells",
    function: "worker",
    // What AWS asks for: six times the function's own limit.
    visibilitySeconds: 6 * WORKER_TIMEOUT_SECONDS,
    maxReceiveCount: 5,
    batchSize: 1,
  },
  schedule: { rateSeconds: 60, function: "sweeper" },
  bucket: "boptest-serverless",
};

/** A function's environment with every placeholder replaced. */
export function resolveEnvironment(environment: Record<string, string>, resolved: Resolved): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, placeholder] of Object.entries(PLACEHOLDER)) {
    values.set(placeholder, resolved[name as keyof Resolved]);
  }
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, values.get(value) ?? value]));
}
