import { setTimeout as sleep } from "node:timers/promises";
import { describeError, log } from "../platform/log.ts";
import type { Body } from "../platform/upload.ts";
import { enter } from "./catalog.ts";
import { releaseLock, renewLock } from "./lock.ts";
import type { Parts } from "./parts.ts";
import { isSealedBy, SEAL_BYTES, seal, sealChunks } from "./seal.ts";

const ENTER_ATTEMPTS = 3;

/**
 * The right to make an object: its lock, renewed for as long as this is neither fulfilled nor abandoned. It only saves
 * work: should the lock be lost meanwhile, S3 still lets one writer win.
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
    // A lock does not keep its process alive.
    this.#timer.unref();
  }

  /** Creates the object and lets go: 1 PUT, 1 Redis round trip. `exists`: another writer was first, and its bytes stay. */
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

  /** Lets go of the lock; those who wait for it get the error's message, if there is one. Never rejects. */
  async abandon(error?: unknown): Promise<void> {
    this.leave();
    const message = error === undefined ? "" : describeError(error).slice(0, 500);
    try {
      await releaseLock(this.#parts, this.key, this.token, message);
    } catch (failure) {
      log("warn", "a lock of the cache is left to its time", { key: this.key, error: describeError(failure) });
    }
  }

  /** Renews the lock no longer and leaves it to its time: whoever has the token may go on under it. */
  leave(): void {
    clearInterval(this.#timer);
  }

  /** @returns whether the object that is there now is this reservation's */
  async #put(sealed: Body): Promise<boolean> {
    const { bucket } = this.#parts;
    const key = this.#parts.objectKey(this.key);
    const isOurs = async () => isSealedBy((await bucket.tail(key, SEAL_BYTES)) ?? new Uint8Array(), this.token);
    try {
      const put = await bucket.put(key, sealed);
      return put === "created" || (put === "unsure" && (await isOurs()));
    } catch (error) {
      // Refused for good, or only the answer was lost? If that cannot be found out, the first error is the one to tell.
      if (await isOurs().catch(() => false)) return true;
      throw error;
    }
  }

  /** The object is there whether or not this succeeds: what is missing in the index, `reconcile` adds. */
  async #enter(bytes: number): Promise<void> {
    this.leave();
    for (let attempt = 1; attempt <= ENTER_ATTEMPTS; attempt++) {
      try {
        await enter(this.#parts, this.key, this.token, bytes);
        return;
      } catch (error) {
        log("warn", "an object is not in the cache's index", { key: this.key, error: describeError(error) });
        await sleep(50 * attempt);
      }
    }
  }

  async #renew(): Promise<void> {
    try {
      if (!(await renewLock(this.#parts, this.key, this.token))) this.leave();
    } catch (error) {
      log("warn", "a lock of the cache was not renewed", { key: this.key, error: describeError(error) });
    }
  }
}

/** The body with its seal, and, once it has been sent, how many bytes that is. */
function sealBody(body: Body, token: string): { sealed: Body; bytes: () => number } {
  if (body instanceof Uint8Array) {
    const sealed = seal(body, token);
    return { sealed, bytes: () => sealed.length };
  }
  let bytes = 0;
  const sealed = async function* () {
    bytes = 0;
    for await (const chunk of sealChunks(body(), token)) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  return { sealed, bytes: () => bytes };
}
