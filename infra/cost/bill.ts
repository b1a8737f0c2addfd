import { CONTAINER, PRICES } from "./prices.ts";

/** Billed amounts of each service. */
export interface Usage {
  redisCommands: number;
  httpRequests: number;
  lambdaRequests: number;
  lambdaGbSeconds: number;
  /** Memory and time of the function that runs compiled models, on x86-64. */
  modelGbSeconds: number;
  sqsRequests: number;
  s3Puts: number;
  s3Gets: number;
}

export const NOTHING: Usage = {
  redisCommands: 0,
  httpRequests: 0,
  lambdaRequests: 0,
  lambdaGbSeconds: 0,
  modelGbSeconds: 0,
  sqsRequests: 0,
  s3Puts: 0,
  s3Gets: 0,
};

export function times(usage: Usage, factor: number): Usage {
  const scaled = Object.entries(usage).map(([name, amount]) => [name, amount * factor]);
  return Object.fromEntries(scaled) as unknown as Usage;
}

export function plus(one: Usage, other: Usage): Usage {
  const sums = Object.entries(one).map(([name, amount]) => [name, amount + other[name as keyof Usage]]);
  return Object.fromEntries(sums) as unknown as Usage;
}

/** One line of a bill. */
export interface Item {
  readonly what: string;
  readonly amount: number;
  readonly dollars: number;
}

export function bill(usage: Usage): Item[] {
  const item = (what: string, amount: number, price: number) => ({ what, amount, dollars: amount * price });
  return [
    item("Redis commands", usage.redisCommands, PRICES.redisCommand),
    item("HTTP API requests", usage.httpRequests, PRICES.httpRequest),
    item("Lambda invocations", usage.lambdaRequests, PRICES.lambdaRequest),
    item("Lambda GB-seconds", usage.lambdaGbSeconds, PRICES.lambdaGbSecond),
    item("Lambda GB-seconds, x86-64", usage.modelGbSeconds, PRICES.lambdaGbSecondX86),
    item("SQS requests", usage.sqsRequests, PRICES.sqsRequest),
    item("S3 writes and lists", usage.s3Puts, PRICES.s3Put),
    item("S3 reads", usage.s3Gets, PRICES.s3Get),
  ];
}

export const total = (items: readonly Item[]): number => items.reduce((sum, { dollars }) => sum + dollars, 0);

/** The cost of one container that runs for so long and only waits for its test's next step. */
export function containerDollars(hours: number): number {
  return hours * (CONTAINER.vcpu * PRICES.containerVcpuHour + CONTAINER.memoryGb * PRICES.containerGbHour);
}
