import { HOST, listen } from "../http/ports.ts";
import { installAuthorization } from "./authorize.ts";
import { installCreateOnly } from "./create-only.ts";
import { type Created, installCreated } from "./created.ts";
import { type Faults, installFaults } from "./faults.ts";
import { type App, openFauxqs, type Stores } from "./fauxqs.ts";
import { identify } from "./operations.ts";
import { keepSmallBodies } from "./small-bodies.ts";

export const REGION = "us-east-1";
const ACCOUNT = "000000000000";

export interface QueueSettings {
  name: string;
  visibilitySeconds: number;
  /** After this many deliveries a message goes to the dead-letter queue. */
  maxReceiveCount: number;
}

export interface StorageOptions {
  dir: string;
  /** 0: any free port. */
  port?: number;
  buckets: readonly string[];
  queues: readonly QueueSettings[];
  /** Receives each created object, before its writer gets the answer. */
  onCreated?: (created: Created) => void;
}

/** S3 and SQS on one port, persisted in a folder. */
export class Storage {
  readonly port: number;
  /** Set by tests, at any time. */
  readonly faults: Faults;
  readonly #app: App;
  readonly #stores: Stores;
  readonly #counts: Map<string, number>;

  private constructor(port: number, app: App, stores: Stores, faults: Faults, counts: Map<string, number>) {
    this.port = port;
    this.faults = faults;
    this.#app = app;
    this.#stores = stores;
    this.#counts = counts;
  }

  static async start({ dir, port = 0, buckets, queues, onCreated }: StorageOptions): Promise<Storage> {
    const { app, stores } = await openFauxqs(dir);
    keepSmallBodies(stores);
    if (onCreated) installCreated(stores, onCreated);
    const faults: Faults = {};
    const counts = new Map<string, number>();
    app.addHook("preHandler", (request, _reply, done) => {
      const operation = identify(request)?.operation;
      if (operation) counts.set(operation, (counts.get(operation) ?? 0) + 1);
      done();
    });
    installFaults(app, faults);
    installAuthorization(app, buckets);
    // The last hook: nothing may run between it and the handler.
    installCreateOnly(app, stores);
    try {
      await app.ready();
      const storage = new Storage(await listen(app.server, port, "--storage-port"), app, stores, faults, counts);
      for (const bucket of buckets) if (!stores.s3Store.hasBucket(bucket)) stores.s3Store.createBucket(bucket);
      for (const queue of queues) storage.#declareQueue(queue);
      return storage;
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  get endpoint(): string {
    return `http://${HOST}:${this.port}`;
  }

  queueUrl(name: string): string {
    return `${this.endpoint}/${ACCOUNT}/${name}`;
  }

  queueArn(name: string): string {
    return `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  }

  /** Requests so far, by AWS operation: `PutObject`, `GetObject`, `SendMessage` … */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** How many messages of a queue wait, and how many are in progress. */
  depth(queue: string): { visible: number; inFlight: number } {
    const found = this.#stores.sqsStore.getQueueByName(queue);
    return {
      visible: Number(found?.getAttribute("ApproximateNumberOfMessages") ?? 0),
      inFlight: Number(found?.getAttribute("ApproximateNumberOfMessagesNotVisible") ?? 0),
    };
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  /** Creates a queue and its dead-letter queue. A queue of an earlier run keeps its messages and gets the new settings. */
  #declareQueue({ name, visibilitySeconds, maxReceiveCount }: QueueSettings): void {
    const dead = `${name}-dead`;
    const attributes = {
      VisibilityTimeout: String(visibilitySeconds),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: this.queueArn(dead), maxReceiveCount }),
    };
    const { sqsStore } = this.#stores;
    if (!sqsStore.getQueueByName(dead)) sqsStore.createQueue(dead, this.queueUrl(dead), this.queueArn(dead));
    const existing = sqsStore.getQueueByName(name);
    if (existing) existing.setAttributes(attributes);
    else sqsStore.createQueue(name, this.queueUrl(name), this.queueArn(name), attributes);
  }
}
