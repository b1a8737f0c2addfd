import type { EventSource } from "./event-source.ts";
import type { SqsClient } from "./sqs.ts";
import type { Storage } from "./storage.ts";

/** What a test can do to the queue between the functions. */
export class Doorbells {
  readonly #storage: Storage;
  readonly #source: EventSource | undefined;
  readonly #client: SqsClient;
  readonly #queue: string;

  constructor(storage: Storage, source: EventSource | undefined, client: SqsClient, queue: string) {
    this.#storage = storage;
    this.#source = source;
    this.#client = client;
    this.#queue = queue;
  }

  /** From now on what is sent is acknowledged and lost. */
  lose(): void {
    this.#storage.faults.sends = "lost";
  }

  /** From now on nothing can be sent. */
  fail(): void {
    this.#storage.faults.sends = "failing";
  }

  /** Sending works again. */
  restore(): void {
    this.#storage.faults.sends = undefined;
  }

  /** Messages are kept, but not delivered. */
  hold(): void {
    this.#source?.pause();
  }

  /** They are delivered again. */
  release(): void {
    this.#source?.resume();
  }

  /** Puts a message into the queue, over whatever `lose` and `fail` do to others. */
  async ring(body: string): Promise<void> {
    const { sends } = this.#storage.faults;
    this.restore();
    await this.#client.send(body);
    this.#storage.faults.sends = sends;
  }

  /** Messages that wait, and messages that are being worked on or hidden. */
  depth(): { visible: number; inFlight: number } {
    return this.#storage.depth(this.#queue);
  }
}
