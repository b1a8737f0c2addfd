import { setTimeout as delay } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Outcome } from "../lambda/host/instance.ts";
import { REGION } from "../storage/storage.ts";
import type { ReceivedMessage, SqsClient } from "./client.ts";

export interface EventSourceOptions {
  client: SqsClient;
  queueArn: string;
  batchSize: number;
  /** Whether the function may report which messages failed, `ReportBatchItemFailures`. */
  partialFailures: boolean;
  /** How many invocations could begin now. */
  free: () => number;
  invoke: (event: SQSEvent) => Promise<Outcome>;
}

const WAIT_SECONDS = 20;
/** SQS's own limit for one receive. */
const MAX_RECEIVE = 10;
const RETRY_MS = 100;

/**
 * The event source mapping between the queue and its function: waits for messages, but receives only as many as there is
 * room for, invokes the function with them, and deletes those that succeeded. The others come back by themselves after
 * their visibility timeout.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #stop = new AbortController();
  readonly #handled: string[] = [];
  #paused: PromiseWithResolvers<void> | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #deleting = false;
  readonly #loop: Promise<void>;

  constructor(options: EventSourceOptions) {
    this.#options = options;
    this.#loop = this.#poll();
  }

  /** Messages stay in the queue until `resume`. */
  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  /** An invocation has ended: there may be room again. */
  notify(): void {
    this.#room?.resolve();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.resume();
    this.notify();
    await this.#loop;
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#paused?.promise;
        const room = this.#options.free() * this.#options.batchSize;
        if (room === 0) await this.#waitForRoom();
        else await this.#receive(room);
      } catch {
        // The connection failed, perhaps because of a test: SQS' pollers continue, too.
        if (!signal.aborted) await delay(RETRY_MS);
      }
    }
  }

  async #waitForRoom(): Promise<void> {
    this.#room = Promise.withResolvers();
    await this.#room.promise;
    this.#room = undefined;
  }

  async #receive(room: number): Promise<void> {
    const { client, batchSize } = this.#options;
    const messages = await client.receive(Math.min(room, MAX_RECEIVE), WAIT_SECONDS, this.#stop.signal);
    if (this.#paused && messages.length > 0) {
      // The receive began before the pause: undo it.
      await client.release(messages.map(({ ReceiptHandle }) => ReceiptHandle));
      return;
    }
    for (let first = 0; first < messages.length; first += batchSize) {
      void this.#invoke(messages.slice(first, first + batchSize));
    }
  }

  async #invoke(messages: readonly ReceivedMessage[]): Promise<void> {
    const outcome = await this.#options.invoke({ Records: messages.map((message) => this.#record(message)) });
    this.notify();
    const failed = failures(outcome, this.#options.partialFailures);
    if (failed === "all") return;
    const handled = messages.filter(({ MessageId }) => !failed.has(MessageId));
    this.#handled.push(...handled.map(({ ReceiptHandle }) => ReceiptHandle));
    await this.#delete();
  }

  /** Deletes all messages that have succeeded during the previous request, in one request. */
  async #delete(): Promise<void> {
    if (this.#deleting) return;
    this.#deleting = true;
    while (this.#handled.length > 0) {
      // If the deletion fails, the message is delivered again, which can happen at any time.
      await this.#options.client.delete(this.#handled.splice(0, MAX_RECEIVE)).catch(() => {});
    }
    this.#deleting = false;
  }

  #record(message: ReceivedMessage): SQSRecord {
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "0",
        SenderId: "000000000000",
        ApproximateFirstReceiveTimestamp: "0",
        ...message.Attributes,
      },
      messageAttributes: {},
      md5OfBody: message.MD5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN: this.#options.queueArn,
      awsRegion: REGION,
    };
  }
}

/** The messages of a batch that failed, by the function's own report if it succeeded. */
function failures(outcome: Outcome, partial: boolean): Set<string> | "all" {
  if (outcome.kind !== "result") return "all";
  if (!partial) return new Set();
  const response: Partial<SQSBatchResponse> | null = outcome.payload === undefined ? null : JSON.parse(outcome.payload);
  const identifiers = response?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  // AWS treats an empty identifier as a failure of the whole batch.
  return identifiers.some((identifier) => !identifier) ? "all" : new Set(identifiers);
}
