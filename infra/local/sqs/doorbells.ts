import type { Storage } from "../storage/storage.ts";
import type { SqsClient } from "./client.ts";
import type { EventSource } from "./event-source.ts";

/** A test's controls of the queue between the functions. */
export class Doorbells {
  readonly #storage: Storage;
  readonly #source: EventSource | undefined;
  readonly #client: SqsClient;
  readonly #queue: string;
  #sends: Storage["faults"]["sends"];
  /** Calls of `ring` in progress. */
  #ringing = 0;

  constructor(storage: Storage, source: EventSource | undefined, client: SqsClient, queue: string) {
    this.#storage = storage;
    this.#source = source;
    this.#client = client;
    this.#queue = queue;
  }

  /** From now on messages are acknowledged and lost. */
  lose(): void {
    this.#set("lost");
  }

  /** From now on no message can be sent. */
  fail(): void {
    this.#set("failing");
  }

  /** Messages can be sent again. */
  restore(): void {
    this.#set(undefined);
  }

  /** Messages are kept, but not delivered. */
  hold(): void {
    this.#source?.pause();
  }

  /** Messages are delivered again. */
  release(): void {
    this.#source?.resume();
  }

  /** Puts a message into the queue, in spite of `lose` and `fail`. */
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

  /** The number of waiting messages, and of those that are in progress or hidden. */
  depth(): { visible: number; inFlight: number } {
    return this.#storage.depth(this.#queue);
  }

  #set(sends: Storage["faults"]["sends"]): void {
    this.#sends = sends;
    this.#storage.faults.sends = this.#ringing > 0 ? undefined : sends;
  }
}
