import type { Storage } from "../storage/storage.ts";
import type { SqsClient } from "./client.ts";
import type { EventSource } from "./event-source.ts";

/** What a test can do to the queue between the functions. */
export class Doorbells {
  readonly #storage: Storage;
  readonly #source: EventSource | undefined;
  readonly #client: SqsClient;
  readonly #queue: string;
  #sends: Storage["faults"]["sends"];
  /** How many of `ring` are on their way. */
  #ringing = 0;

  constructor(storage: Storage, source: EventSource | undefined, client: SqsClient, queue: string) {
    this.#storage = storage;
    this.#source = source;
    this.#client = client;
    this.#queue = queue;
  }

  /** From now on what is sent is acknowledged and lost. */
  lose(): void {
    this.#set("lost");
  }

  /** From now on nothing can be sent. */
  fail(): void {
    this.#set("failing");
  }

  /** Sending works again. */
  restore(): void {
    this.#set(undefined);
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
    this.#ringing++;
    this.#set(this.#sends);
    try {
      await this.#client.send(body);
    } finally {
      this.#ringing--;
      this.#set(this.#sends);
    }
  }

  /** Messages that wait, and messages that are being worked on or hidden. */
  depth(): { visible: number; inFlight: number } {
    return this.#storage.depth(this.#queue);
  }

  #set(sends: Storage["faults"]["sends"]): void {
    this.#sends = sends;
    this.#storage.faults.sends = this.#ringing > 0 ? undefined : sends;
  }
}
