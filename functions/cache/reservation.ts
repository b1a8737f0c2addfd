import { setTimeout as sleep } from "node:timers/promises";
import { describeError, log } from "../platform/log.ts";
import { script } from "../platform/redis.ts";
import { outcomeOf } from "../platform/reply.ts";
import type { Body } from "../platform/upload.ts";
import { releaseLock, renewLock } from "./lock.ts";
import type { Parts } from "./parts.ts";
import source from "./scripts/enter.lua";
import { isSealedBy, SEAL_BYTES, sealBody } from "./seal.ts";

const enterScript = script(source);
const ENTER_ATTEMPTS = 3;

/**
 * The right to make an object: its lock, which is renewed until the reservation is fulfilled or abandoned. The lock
 * only saves work: if it is lost, S3 still accepts one writer only.
 */
export class Reservation {
  readonly key: string;
  readonly token: string;
  readonly #parts: Parts;
  readonly #timer: NodeJS.Timeout;

  constructor(parts: Parts, key: string, token: string) {
    this.key = key;
    this.token = token;
    this.#parts = parts;
    this.#timer = setInterval(() => void this.#renew(), parts.settings.lockMs / 3);
    // Renewing a lock must not keep the process alive.
    this.#timer.unref();
  }

  /** Creates the object and releases the lock: 1 PUT, 1 Redis round trip. `exists`: another writer was first. */
  async fulfil(body: Body): Promise<"ok" | "exists"> {
    const { bytes, sealed } = sealBody(body, this.token);
    try {
      if (!(await this.#put(sealed))) {
        await this.abandon();
        this.#parts.usage.count("create_exists");
        return "exists";
      }
    } catch (error) {
      this.#parts.usage.count("errors");
      await this.abandon(error);
      throw error;
    }
    await this.#enter(bytes());
    this.#parts.usage.count("create_ok");
    this.#parts.usage.count("create_bytes", bytes() - SEAL_BYTES);
    if (body instanceof Uint8Array) this.#parts.memory.set(this.key, body);
    return "ok";
  }

  /** Releases the lock. Processes that wait for the object get the error's message, if there is one. Never rejects. */
  async abandon(error?: unknown): Promise<void> {
    this.leave();
    const message = error === undefined ? "" : describeError(error).slice(0, 500);
    try {
      await releaseLock(this.#parts, this.key, this.token, message);
    } catch (failure) {
      const fields = { event: "cache_lock_not_released", key: this.key };
      log("warn", "Could not release a lock of the cache; it will expire", fields, failure);
    }
  }

  /** Stops renewing the lock, which then expires. A process that has the token may continue the reservation. */
  leave(): void {
    clearInterval(this.#timer);
  }

  /** @returns whether this reservation wrote the object that exists now */
  async #put(sealed: Body): Promise<boolean> {
    const { bucket } = this.#parts;
    const key = this.#parts.objectKey(this.key);
    const isOurs = async () => isSealedBy((await bucket.tail(key, SEAL_BYTES)) ?? new Uint8Array(), this.token);
    try {
      const put = await bucket.put(key, sealed);
      return put === "created" || (put === "unsure" && (await isOurs()));
    } catch (error) {
      // S3 may have stored the object although the answer was lost. If that cannot be found out, report the first error.
      if (await isOurs().catch(() => false)) return true;
      throw error;
    }
  }

  /** Adds the object to the index and releases the lock. If this fails, `reconcile` adds the object later. */
  async #enter(bytes: number): Promise<void> {
    this.leave();
    const { redis, keys, settings } = this.#parts;
    const redisKeys = [keys.lock(this.key), keys.size, keys.names, keys.lru, keys.total];
    for (let attempt = 1; attempt <= ENTER_ATTEMPTS; attempt++) {
      try {
        outcomeOf("enter", await redis.run(enterScript, redisKeys, [this.token, this.key, bytes, settings.clock()]));
        return;
      } catch (error) {
        const fields = { event: "cache_object_not_indexed", key: this.key };
        log("warn", "Could not add an object to the cache's index", fields, error);
        await sleep(50 * attempt);
      }
    }
  }

  async #renew(): Promise<void> {
    try {
      if (!(await renewLock(this.#parts, this.key, this.token))) this.leave();
    } catch (error) {
      log("warn", "Could not renew a lock of the cache", { event: "cache_lock_not_renewed", key: this.key }, error);
    }
  }
}
