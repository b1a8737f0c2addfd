import { ENV } from "./environment.ts";
import type { IntakeLimits, Limits, UploadLimits } from "./limits.ts";

/** Address of Redis, and the token for it. */
export interface RedisAccess {
  readonly url: string;
  readonly token: string;
}

/** The configuration of the functions, validated once per process. Times are in milliseconds. */
export interface Config {
  /** Access to Redis, or the secret that contains it. */
  readonly redis: RedisAccess | { readonly secretArn: string };
  readonly bucket: string;
  readonly doorbellQueueUrl: string;
  /** Undefined in functions that do not call compiled models. */
  readonly emulatorFunction: string | undefined;
  readonly modelMs: number;
  readonly replayMs: number;
  readonly verifyMs: number;
  /** Share of the calls of compiled models that are computed twice, 0 to 1. */
  readonly stateCheckShare: number;
  readonly waitMs: number;
  readonly leaseMs: number;
  readonly computeMs: number;
  readonly inlineMs: number;
  readonly inlineModelMs: number;
  readonly rolloutMs: number;
  readonly maxUnanswered: number;
  readonly doorbellGraceMs: number;
  readonly idleMs: number;
  readonly runUnwatchedMs: number;
  readonly cacheBytes: number;
  readonly cacheLockMs: number;
  readonly housekeepingMs: number;
  readonly orphanGraceMs: number;
  readonly refusedUploadMs: number;
  readonly dashboardUrl: string;
  readonly limits: Limits;
}

/** Names every problem of the environment. Thrown once, when a function starts. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from the environment.
 * @throws ConfigError naming every variable that is missing or out of its range
 */
export function readConfig(env: Environment = process.env): Config {
  const problems: string[] = [];
  const { text, url, redis, integer, uploads } = reader(env, problems);

  const workers = integer(ENV.workers, 50, 1, 1000);
  const config: Config = {
    redis: redis(),
    bucket: text(ENV.bucket),
    doorbellQueueUrl: text(ENV.doorbellQueueUrl),
    emulatorFunction: env[ENV.emulatorFunction]?.trim() || undefined,
    ...modelTimes(integer),
    // The timeouts of the emulator function, and of a worker that waits for it, are longer.
    replayMs: integer(ENV.replayMs, 180_000, 10, 180_000),
    stateCheckShare: integer(ENV.stateChecks, 20, 0, 10_000) / 10_000,
    // API Gateway ends a call after 30 s.
    waitMs: integer(ENV.waitMs, 25_000, 0, 28_000),
    leaseMs: integer(ENV.leaseMs, 10_000, 100, 300_000),
    computeMs: integer(ENV.computeMs, 20_000, 1, 600_000),
    inlineMs: integer(ENV.inlineMs, 5, 0, 10_000),
    // Most of a small model's step is its call: waiting, which occupies no processor, and takes a worker just as long.
    inlineModelMs: integer(ENV.inlineModelMs, 50, 0, 10_000),
    rolloutMs: integer(ENV.rolloutMs, 2_000, 0, 20_000),
    // Upstash limits a consumer group's pending list to 1000. A limit far below that is enough to slow clients down.
    maxUnanswered: integer(ENV.maxUnanswered, 64, 1, 1000),
    doorbellGraceMs: integer(ENV.doorbellGraceMs, 30_000, 0, 3_600_000),
    idleMs: integer(ENV.idleMs, 30 * 86_400_000, 1000, 365 * 86_400_000),
    // Looks are noted every ten minutes.
    runUnwatchedMs: integer(ENV.runUnwatchedMs, 12 * 3_600_000, 1_200_000, 365 * 86_400_000),
    cacheBytes: integer(ENV.cacheBytes, 10 * 1024 ** 3, 1, 2 ** 50),
    cacheLockMs: integer(ENV.cacheLockMs, 10_000, 100, 300_000),
    housekeepingMs: integer(ENV.housekeepingMs, 6 * 3_600_000, 0, 30 * 86_400_000),
    // A segment is written minutes before its commit at most: while its step is computed. This is far longer.
    orphanGraceMs: integer(ENV.orphanGraceMs, 86_400_000, 0, 365 * 86_400_000),
    refusedUploadMs: integer(ENV.refusedUploadMs, 7 * 86_400_000, 0, 365 * 86_400_000),
    dashboardUrl: url(ENV.dashboardUrl, "https://dashboard.boptest.net/"),
    limits: {
      // Clients send far smaller bodies. The limit can be lowered.
      bodyBytes: integer(ENV.maxBodyBytes, 1024 * 1024, 1024, 1024 * 1024),
      headerBytes: integer(ENV.maxHeaderBytes, 8192, 1024, 65_536),
      testRequestsPerSecond: integer(ENV.testRequestsPerSecond, 50, 1, 100_000),
      testRequestBurst: integer(ENV.testRequestBurst, 200, 1, 100_000),
      testHoldMs: integer(ENV.testHoldMs, 10_000, 0, 25_000),
      // Each for 25 s at most: 250 calls that wait at the same time.
      waitsPerMinute: integer(ENV.waitsPerMinute, 600, 1, 1_000_000),
      // Half of the workers, and a quarter: some are always left for other holders.
      workers,
      workersPerAccount: integer(ENV.workersPerAccount, Math.max(1, Math.floor(workers / 2)), 1, 1000),
      workersPerAddress: integer(ENV.workersPerAddress, Math.max(1, Math.floor(workers / 4)), 1, 1000),
      testsPerAccount: integer(ENV.testsPerAccount, 10_000, 1, 10_000_000),
      testsPerAddress: integer(ENV.testsPerAddress, 1_000, 1, 10_000_000),
      uploads: uploads(),
    },
  };
  requireNone(problems);
  return config;
}

/**
 * Reads the configuration of storage only.
 * @throws ConfigError
 */
export function readStorageConfig(env: Environment = process.env): Pick<Config, "redis" | "bucket"> {
  const problems: string[] = [];
  const { text, redis } = reader(env, problems);
  const config = { redis: redis(), bucket: text(ENV.bucket) };
  requireNone(problems);
  return config;
}

/** The configuration of intake: it takes uploads in, and has their models tried. */
export type IntakeConfig = Pick<Config, "modelMs" | "verifyMs"> & {
  readonly emulatorFunction: string;
  /** Undefined where nobody knows it: then no verdict on a model is kept. */
  readonly emulatorVersion: string | undefined;
  /** How many simulated hours are compared at most when a model is verified. */
  readonly verifyHours: number;
  readonly uploads: IntakeLimits;
};

/**
 * Reads the configuration of intake.
 * @throws ConfigError
 */
export function readIntakeConfig(env: Environment = process.env): IntakeConfig {
  const problems: string[] = [];
  const { text, integer, uploads } = reader(env, problems);
  const config = {
    emulatorFunction: text(ENV.emulatorFunction),
    emulatorVersion: env[ENV.emulatorVersion]?.trim() || undefined,
    verifyHours: integer(ENV.verifyHours, 72, 1, 72),
    // Versions of test cases are kept for the tests that use them.
    uploads: { ...uploads(), publishedBytes: integer(ENV.publishedBytes, 8 * 1024 ** 3, 1, 2 ** 50) },
    ...modelTimes(integer),
  };
  requireNone(problems);
  return config;
}

function modelTimes(integer: ReturnType<typeof reader>["integer"]): Pick<Config, "modelMs" | "verifyMs"> {
  return {
    // Together with computeMs before it, and the start of a model, far below the timeout of a worker.
    modelMs: integer(ENV.modelMs, 30_000, 10, 60_000),
    // Far below the timeouts of intake and of the emulator function.
    verifyMs: integer(ENV.verifyMs, 120_000, 1, 120_000),
  };
}

function requireNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigError(`Bad configuration: ${problems.join("; ")}`);
}

/** Reads single variables. Adds errors to `problems`. */
function reader(env: Environment, problems: string[]) {
  const text = (name: string): string => {
    const value = env[name]?.trim();
    if (!value) problems.push(`${name} is not set`);
    return value ?? "";
  };
  const url = (name: string, byDefault: string): string => {
    const value = env[name]?.trim() || byDefault;
    if (!/^https?:\/\//.test(value) || !URL.canParse(value)) problems.push(`${name} is "${value}", but must be a URL`);
    return value;
  };
  const redis = (): Config["redis"] => {
    const secretArn = env[ENV.redisSecretArn]?.trim();
    const isGiven = env[ENV.redisUrl] !== undefined || env[ENV.redisToken] !== undefined;
    return secretArn && !isGiven ? { secretArn } : { url: text(ENV.redisUrl), token: text(ENV.redisToken) };
  };
  const integer = (name: string, byDefault: number, lowest: number, highest: number): number => {
    const raw = env[name];
    if (raw === undefined || raw === "") return byDefault;
    const value = Number(raw);
    if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
    problems.push(`${name} is "${raw}", but must be a whole number from ${lowest} to ${highest}`);
    return byDefault;
  };
  const uploads = (): UploadLimits => ({
    // Room for eight FMUs of the largest size.
    bytes: integer(ENV.uploadBytes, 2 * 1024 ** 3, 1, 2 ** 50),
    files: integer(ENV.uploadFiles, 200, 1, 100_000),
  });
  return { text, url, redis, integer, uploads };
}
