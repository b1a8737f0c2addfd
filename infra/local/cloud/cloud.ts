import { join } from "node:path";
import { createRedis } from "../../../functions/platform/redis.ts";
import { FUNCTIONS, type FunctionName } from "../../bundle.ts";
import { Watchdog } from "../../programs/watchdog.ts";
import { ApiGateway } from "../api-gateway/api-gateway.ts";
import { Connections } from "../api-gateway/connections.ts";
import { WebSockets } from "../api-gateway/web-socket.ts";
import { ObjectEvents } from "../eventbridge/object-events.ts";
import { scheduledEvent } from "../eventbridge/schedule.ts";
import { environmentOf, type FunctionSettings, hostOptions } from "../lambda/functions.ts";
import { Host } from "../lambda/host/host.ts";
import { resultOf } from "../lambda/invocation.ts";
import { Lambda } from "../lambda/lambda.ts";
import { LocalRedis } from "../redis/redis-server.ts";
import { type Intercept, RedisRestServer, type RestServerOptions } from "../redis/rest-server.ts";
import { SqsClient } from "../sqs/client.ts";
import { Doorbells } from "../sqs/doorbells.ts";
import { EventSource } from "../sqs/event-source.ts";
import { readWiring } from "../stack/own-wiring.ts";
import type { ObjectEventsWiring, QueueWiring, Wiring } from "../stack/wiring.ts";
import type { Created } from "../storage/created.ts";
import { Storage } from "../storage/storage.ts";
import { accountsOf, type LocalAccount, provideAccounts } from "./accounts.ts";
import { commandedTest } from "./commanded-test.ts";
import { openData } from "./data-folder.ts";
import { Logs } from "./logs.ts";

/** The pause before an event is retried: a minute on Lambda, less here. */
const EVENT_RETRY_MS = 1000;

export interface CloudOptions {
  /** The data folder. A later cloud on it continues. By default a temporary folder that is removed at the end. */
  dataDir?: string;
  /** Free ports by default. */
  ports?: { api?: number; redis?: number; redisRest?: number; storage?: number };
  /** The address of the API; by default other machines cannot reach it. All other servers are local always. */
  host?: string | undefined;
  /** Variables of every function; they override the wiring. */
  environment?: Record<string, string>;
  workers?: number;
  /**
   * Commands to a test go to the api's process that worked on it last, which remembers it. Lambda does not do that, so
   * only what serves this machine's users asks for it.
   */
  affinity?: boolean;
  /** With `always` no acknowledged write is lost when the machine fails. A killed redis-server loses none with either. */
  appendfsync?: "everysec" | "always";
  /** How long a delivered message is hidden: after this time the message of a killed worker comes back. */
  visibilitySeconds?: number;
  /** 0: the sweeper runs only on `tick()`. */
  scheduleSeconds?: number;
  /** The accounts; by default those in the environment. */
  accounts?: readonly LocalAccount[];
  redisRest?: { delayMs?: number; intercept?: Intercept; token?: string };
  /** Starts a replica that serves reads, as Upstash's may, with this delay, ms; by default there is none. */
  replicaLagMs?: number;
  /** Another stack than this project's. */
  wiring?: Wiring;
  /** Bundles that replace the stack's. */
  bundles?: Partial<Record<FunctionName, string>>;
  /** Receives the output of the functions, line by line. */
  onLog?: (name: string, line: string) => void;
}

/** The whole stack on this machine. */
export interface Cloud extends AsyncDisposable {
  /** The API's URL. */
  url: string;
  dataDir: string;
  redis: LocalRedis;
  redisRest: RedisRestServer;
  storage: Storage;
  host: Host;
  doorbells: Doorbells;
  /** The server through which functions call functions. */
  lambda: Lambda;
  /** Events from the bucket to a function; undefined if the stack has none. */
  objectEvents: ObjectEvents | undefined;
  logs: Logs;
  /** The environment of a function. */
  environment: (name: FunctionName) => Record<string, string>;
  /** Runs a function on an event, for a tenant if the function has tenants, and returns its result; rejects with `InvocationFailed`. */
  invoke: (name: FunctionName, event: unknown, tenant?: string) => Promise<unknown>;
  /** Runs the sweeper now, as the schedule would, and returns its result. */
  tick: () => Promise<unknown>;
  /** Ends all processes, and removes the folder unless `dataDir` was given. */
  stop: () => Promise<void>;
}

/** Starts the whole stack. If a part cannot start, the started parts are stopped. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  await using parts = new AsyncDisposableStack();
  const cloud = await start(options, parts);
  const running = parts.move();
  const stop = () => running.disposeAsync();
  return { ...cloud, stop, [Symbol.asyncDispose]: stop };
}

/** @param parts collects the stop function of each started part */
async function start(
  options: CloudOptions,
  parts: AsyncDisposableStack,
): Promise<Omit<Cloud, "stop" | typeof Symbol.asyncDispose>> {
  const wiring = configure(options.wiring ?? (await readWiring()), options);
  const { http, socket, queue, schedule, bucket, functions } = wiring;
  const { ports = {}, redisRest: redisRestOptions } = options;

  const data = openData(options.dataDir);
  const watchdog = new Watchdog(data.temporary ? data.path : data.scratch);
  parts.defer(() => watchdog.close());
  parts.defer(data.unlock);

  // Opened before the first object can appear, closed after the last one.
  const objectEvents = wiring.objectEvents && openObjectEvents(wiring.objectEvents);
  parts.defer(async () => objectEvents?.close());
  const onCreated = (created: Created) => objectEvents?.announce(created);
  const [redis, storage] = await together(
    started(parts, startRedis()),
    started(
      parts,
      Storage.start({ dir: data.storage, port: ports.storage ?? 0, buckets: [bucket], queues: [queue], onCreated }),
    ),
  );
  const redisRest = await started(
    parts,
    RedisRestServer.start({
      redisPort: redis.port,
      port: ports.redisRest ?? 0,
      ...redisRestOptions,
      ...(options.replicaLagMs ? { replica: replicaOptions(options.replicaLagMs) } : {}),
    }),
  );

  const accounts = options.accounts ?? accountsOf(process.env);
  await provideAccounts(createRedis({ url: redisRest.url, token: redisRest.token }), accounts);

  const logs = new Logs(data.logs, options.onLog);
  parts.defer(() => logs.close());
  const queueUrl = storage.queueUrl(queue.name);
  const lambda = await started(
    parts,
    Lambda.start({
      functions: new Map(Object.entries(functions)),
      invoke: async (name, payload, tenant) => await host.invoke(name as FunctionName, payload, { tenant }),
    }),
  );
  const s3 = { port: storage.port, bucket };
  const sockets =
    socket &&
    new WebSockets({
      ...socket,
      storage: s3,
      invoke: (event) => {
        const subject = options.affinity ? event.requestContext.connectionId : undefined;
        return host.invoke(socket.function, event, { subject });
      },
    });
  const connections = sockets && (await started(parts, Connections.start(sockets)));
  const settings: FunctionSettings = {
    wiring,
    resolved: { redisUrl: redisRest.url, redisToken: redisRest.token, bucket, queueUrl },
    storageEndpoint: storage.endpoint,
    lambdaEndpoint: lambda.endpoint,
    connectionsEndpoint: connections?.endpoint,
    overrides: options.environment ?? {},
    scratch: data.scratch,
    watchdog,
    logs,
  };
  const host = new Host(hostOptions(settings));
  parts.defer(() => host.stop());
  // In the background, before the first events.
  void host.warm(http.function);
  if (queue.consumer) void host.warm(queue.consumer.function, 1);

  objectEvents?.release();
  parts.defer(async () => objectEvents?.end());

  const sqs = new SqsClient(storage.endpoint, queueUrl);
  parts.defer(() => sqs.close());
  const source = queue.consumer && openSource(queue.consumer);
  parts.defer(async () => source?.stop());

  const apiGateway = await started(
    parts,
    ApiGateway.start({
      port: ports.api ?? 0,
      host: options.host,
      storage: s3,
      routes: http.routes,
      timeoutMs: http.timeoutMs,
      cors: http.cors,
      sockets,
      invoke: (event) =>
        host.invoke(http.function, event, { subject: options.affinity ? commandedTest(event) : undefined }),
    }),
  );

  const invoke: Cloud["invoke"] = async (name, event, tenant) =>
    resultOf(name, await host.invoke(name, event, { tenant }));
  const tick = async () => {
    if (schedule === undefined) throw new Error("The stack has no schedule");
    return await invoke(schedule.function, scheduledEvent(new Date()));
  };
  if (schedule !== undefined && schedule.rateSeconds > 0) {
    // A failed tick is in the sweeper's log, and the next one follows.
    const timer = setInterval(() => void tick().catch(() => {}), schedule.rateSeconds * 1000);
    parts.defer(() => clearInterval(timer));
  }

  return {
    url: apiGateway.url,
    dataDir: data.path,
    redis,
    redisRest,
    storage,
    host,
    doorbells: new Doorbells(storage, source, sqs, queue.name),
    lambda,
    objectEvents,
    logs,
    environment: (name) => environmentOf(name, settings),
    invoke,
    tick,
  };

  function openSource({
    function: name,
    batchSize,
    partialFailures,
  }: NonNullable<QueueWiring["consumer"]>): EventSource {
    return new EventSource({
      client: sqs,
      queueArn: storage.queueArn(queue.name),
      batchSize,
      partialFailures,
      free: () => host.free(name),
      invoke: (event) => host.invoke(name, event),
    });
  }

  function openObjectEvents({ function: name, prefix, retries }: ObjectEventsWiring): ObjectEvents {
    const invoke = (event: unknown) => host.invoke(name, event);
    return new ObjectEvents({ dir: data.storage, bucket, prefix, retries, retryMs: EVENT_RETRY_MS, invoke });
  }

  function replicaOptions(lagMs: number): NonNullable<RestServerOptions["replica"]> {
    return { lagMs, dir: join(data.scratch, "replica"), logFile: join(data.logs, "replica.log"), watchdog };
  }

  async function startRedis(): Promise<LocalRedis> {
    return await LocalRedis.start({
      dir: data.redis,
      logFile: join(data.logs, "redis.log"),
      watchdog,
      port: ports.redis ?? 0,
      appendfsync: options.appendfsync ?? "everysec",
    });
  }
}

/** The wiring with this cloud's own settings. */
function configure(wiring: Wiring, { workers, visibilitySeconds, scheduleSeconds, bundles }: CloudOptions): Wiring {
  const { functions, queue, schedule } = wiring;
  const changed = FUNCTIONS.map((name) => {
    const { processes, bundle } = functions[name];
    const wanted = name === queue.consumer?.function ? workers : undefined;
    return [name, { ...functions[name], processes: wanted ?? processes, bundle: bundles?.[name] ?? bundle }];
  });
  return {
    ...wiring,
    functions: Object.fromEntries(changed),
    queue: { ...queue, visibilitySeconds: visibilitySeconds ?? queue.visibilitySeconds },
    schedule: schedule && { ...schedule, rateSeconds: scheduleSeconds ?? schedule.rateSeconds },
  };
}

/** Registers the stop function of a started part. */
async function started<Part extends { stop: () => Promise<void> }>(
  parts: AsyncDisposableStack,
  starting: Promise<Part>,
): Promise<Part> {
  return parts.adopt(await starting, (part) => part.stop());
}

/** As `Promise.all`, but it rejects only when all have settled, so that nothing starts during the clean-up. */
async function together<Parts extends readonly unknown[]>(
  ...promises: { [Index in keyof Parts]: Promise<Parts[Index]> }
): Promise<Parts> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as Parts;
}
