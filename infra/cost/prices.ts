/**
 * Prices in US dollars, us-east-1, pay as you go, without free tiers. The only file to change with a price; the sources are
 * the providers' price pages.
 */
export const PRICES = {
  /** upstash.com/pricing/redis, pay as you go. Every command counts, those in scripts, too. */
  redisCommand: 0.2 / 100_000,
  /** aws.amazon.com/lambda/pricing, arm64; x86-64 for compiled models. */
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.0000133334,
  lambdaGbSecondX86: 0.0000166667,
  /** aws.amazon.com/api-gateway/pricing, HTTP APIs. */
  httpRequest: 1.0 / 1e6,
  /** The same page, WebSocket APIs: a message of up to 32 KB in either direction, and a minute of a connection. */
  socketMessage: 1.0 / 1e6,
  socketMinute: 0.25 / 1e6,
  /** aws.amazon.com/sqs/pricing, standard queues: sending, receiving and deleting are a request each. */
  sqsRequest: 0.4 / 1e6,
  /** The long polls of an event source without messages, per month. */
  idlePollersMonth: 0.26,
  /** aws.amazon.com/s3/pricing, Standard. */
  s3Put: 0.005 / 1000,
  s3Get: 0.0004 / 1000,
  /** aws.amazon.com/secrets-manager/pricing */
  secretMonth: 0.4,
  /** aws.amazon.com/fargate/pricing, Linux on ARM: one small container that always runs. */
  containerVcpuHour: 0.03238,
  containerGbHour: 0.00356,
} as const;

/** The container of the comparison: one worker process per test, in Fargate's smallest size. */
export const CONTAINER = { vcpu: 0.25, memoryGb: 0.5 } as const;
