import type { Bucket } from "../platform/objects.ts";
import type { Redis } from "../platform/redis.ts";
import type { Body } from "../platform/upload.ts";
import { type Created, create } from "./create.ts";
import { type Deleted, deleteObject } from "./delete.ts";
import { type Evicted, evict } from "./evict.ts";
import { type GetOrCreateOptions, getOrCreate, type Produce } from "./get-or-create.ts";
import type { Entry } from "./index-entries.ts";
import { type ListOptions, list } from "./list.ts";
import { type Holder, type Waited, waitFor } from "./lock.ts";
import { assemble, type Parts } from "./parts.ts";
import { type Read, type ReadStream, read, readStream } from "./read.ts";
import { type Reconciled, reconcile } from "./reconcile.ts";
import { type Reserved, reserve } from "./reserve.ts";
import type { CacheSettings } from "./settings.ts";
import { type Stats, stats } from "./stats.ts";

/**
 * Objects in S3 that can be made again. Each is made once, is never overwritten or partly written, and is deleted when
 * space runs short. Locks in Redis coordinate the writers; S3 decides which of them creates the object. See README.md.
 *
 * Use one instance per process: it contains the memory of recently used objects.
 */
export class Cache {
  readonly #parts: Parts;
  readonly #inFlight = new Map<string, Promise<Uint8Array>>();

  constructor(redis: Redis, bucket: Bucket, settings: Partial<CacheSettings> = {}) {
    this.#parts = assemble(redis, bucket, settings);
  }

  /** {@link read} */
  async read(key: string): Promise<Read> {
    return await read(this.#parts, key);
  }

  /** {@link readStream} */
  async readStream(key: string): Promise<ReadStream> {
    return await readStream(this.#parts, key);
  }

  /** {@link create} */
  async create(key: string, body: Body): Promise<Created> {
    return await create(this.#parts, key, body);
  }

  /** {@link getOrCreate}; callers in one process share one call. */
  async getOrCreate(key: string, produce: Produce, options: GetOrCreateOptions = {}): Promise<Uint8Array> {
    for (;;) {
      const first = this.#inFlight.get(key);
      if (first === undefined) return await this.#fly(key, produce, options);
      try {
        // A copy, so that no caller can change what the others get.
        return new Uint8Array(await first);
      } catch (error) {
        if (options.onFailure === "share") throw error;
      }
    }
  }

  /** {@link reserve} */
  async reserve(key: string, token?: string): Promise<Reserved> {
    return await reserve(this.#parts, key, token);
  }

  /** {@link waitFor} */
  async waitFor(key: string, holder: Holder, limitMs: number): Promise<Waited> {
    return await waitFor(this.#parts, key, holder, limitMs);
  }

  /** {@link evict} */
  async evict(options: { readonly toBytes?: number } = {}): Promise<Evicted> {
    return await evict(this.#parts, options);
  }

  /** {@link reconcile} */
  async reconcile(options: { readonly after?: string | undefined; readonly pages?: number } = {}): Promise<Reconciled> {
    return await reconcile(this.#parts, options);
  }

  /** {@link deleteObject} */
  async delete(key: string): Promise<Deleted> {
    return await deleteObject(this.#parts, key);
  }

  /** {@link list} */
  async list(options: ListOptions = {}): Promise<{ objects: Entry[]; next: string | undefined }> {
    return await list(this.#parts, options);
  }

  /** {@link stats} */
  async stats(): Promise<Stats> {
    return await stats(this.#parts);
  }

  /** Writes to Redis what was read and counted since the last write. */
  async flush(): Promise<void> {
    await this.#parts.usage.flush();
  }

  /**
   * Waits for writes in the background; usually there are none. Call it before the process may be frozen, which would
   * interrupt them.
   */
  async settle(): Promise<void> {
    await this.#parts.usage.settle();
  }

  async #fly(key: string, produce: Produce, options: GetOrCreateOptions): Promise<Uint8Array> {
    const flight = getOrCreate(this.#parts, key, produce, options);
    this.#inFlight.set(key, flight);
    try {
      return await flight;
    } finally {
      this.#inFlight.delete(key);
    }
  }
}
