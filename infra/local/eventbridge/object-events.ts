import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "../../programs/sqlite.ts";
import type { Outcome } from "../lambda/host/instance.ts";
import type { Created } from "../storage/created.ts";
import { REGION } from "../storage/storage.ts";

export interface ObjectEventsOptions {
  /** File that keeps events until they are handled. */
  dir: string;
  /** Objects in this bucket whose keys have this prefix. */
  bucket: string;
  prefix: string;
  /** How often an event is tried again after the function failed. */
  retries: number;
  /** Pause before the first retry; it doubles before each further one. */
  retryMs: number;
  invoke: (event: unknown) => Promise<Outcome>;
}

interface Row {
  id: number;
  event: string;
  attempts: number;
}

/**
 * Delivers events from the bucket through EventBridge to a function: at least once for each created object, and again
 * if the function fails. An event is on disk before the writer of its object gets an answer, and is delivered after a
 * restart.
 */
export class ObjectEvents {
  readonly #options: ObjectEventsOptions;
  readonly #database: InstanceType<typeof DatabaseSync>;
  readonly #running = new Set<number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #held = true;
  #ended = false;

  constructor(options: ObjectEventsOptions) {
    this.#options = options;
    this.#database = new DatabaseSync(join(options.dir, "object-events.db"));
    // Like fauxqs' own database: a killed process loses nothing that it has written.
    this.#database.exec(`PRAGMA synchronous = OFF;
      CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, event TEXT, attempts INTEGER, failed INTEGER)`);
  }

  /** Notes an object if its key has the prefix. A second call gives a second event, as S3 may do, too. */
  announce(created: Created): void {
    const { bucket, prefix } = this.#options;
    if (created.bucket !== bucket || !created.key.startsWith(prefix)) return;
    const event = JSON.stringify(objectCreated(created, new Date()));
    this.#database.prepare("INSERT INTO events (event, attempts, failed) VALUES (?, 0, 0)").run(event);
    this.#dispatch();
  }

  /** Events are kept, but not delivered. */
  hold(): void {
    this.#held = true;
  }

  /** Events are delivered, including those of an earlier run, and again after `hold`. */
  release(): void {
    this.#held = false;
    this.#dispatch();
  }

  /** Numbers of events that are not handled yet, and of those given up. */
  depth(): { waiting: number; failed: number } {
    const count = (failed: number) =>
      Number(this.#database.prepare("SELECT count(*) AS n FROM events WHERE failed = ?").get(failed)?.n ?? 0);
    return { waiting: count(0), failed: count(1) };
  }

  /** Stops delivering. Events under way count as not delivered. Events are still kept. */
  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  close(): void {
    this.#database.close();
  }

  #dispatch(): void {
    if (this.#held || this.#ended) return;
    const rows = this.#database.prepare("SELECT id, event, attempts FROM events WHERE failed = 0 ORDER BY id").all();
    for (const row of rows as unknown as Row[]) {
      if (this.#running.has(row.id)) continue;
      this.#running.add(row.id);
      void this.#deliver(row);
    }
  }

  /** Until the event is handled or given up, pauses included. */
  async #deliver({ id, event, attempts: before }: Row): Promise<void> {
    const { retries, retryMs, invoke } = this.#options;
    const outcome = await invoke(JSON.parse(event));
    if (this.#ended) return;
    const attempts = before + 1;
    if (outcome.kind === "result") {
      this.#database.prepare("DELETE FROM events WHERE id = ?").run(id);
      this.#running.delete(id);
      return;
    }
    const failed = attempts > retries ? 1 : 0;
    this.#database.prepare("UPDATE events SET attempts = ?, failed = ? WHERE id = ?").run(attempts, failed, id);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#running.delete(id);
        this.#dispatch();
      },
      retryMs * 2 ** before,
    );
    this.#timers.add(timer);
  }
}

/** EventBridge's event for an object. Keys are not URL-encoded, unlike in S3's own notifications. */
function objectCreated({ bucket, key, bytes, etag }: Created, now: Date) {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "000000000000",
    time: now.toISOString().replace(/\.\d+Z$/, "Z"),
    region: REGION,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      object: { key, size: bytes, etag, sequencer: now.getTime().toString(16).toUpperCase() },
      "request-id": randomUUID(),
      requester: "000000000000",
      "source-ip-address": "127.0.0.1",
    },
  };
}
