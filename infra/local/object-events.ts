import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "../programs/sqlite.ts";
import type { Outcome } from "./host/instance.ts";
import type { Created } from "./storage/created.ts";
import { REGION } from "./storage.ts";

export interface ObjectEventsOptions {
  /** Where events are kept until they are dealt with. */
  dir: string;
  /** Objects in this bucket, whose keys begin so. */
  bucket: string;
  prefix: string;
  /** How often an event is tried again that the function failed at. */
  retries: number;
  /** Before the first time; twice as long before each further one. */
  retryMs: number;
  invoke: (event: unknown) => Promise<Outcome>;
}

interface Row {
  id: number;
  event: string;
  attempts: number;
}

/**
 * The way from the bucket through EventBridge to a function: at least once for each object that is created, and again
 * when the function fails. An event is on disk before its object's writer is answered, and goes on at the next start.
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
    // As fauxqs' own database: a process that is killed loses nothing that it has written.
    this.#database.exec(`PRAGMA synchronous = OFF;
      CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, event TEXT, attempts INTEGER, failed INTEGER)`);
  }

  /** Takes note of an object, if it is one of those asked for. Called again it is told again, as S3 may do. */
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

  /** They are delivered: for the first time, with those of an earlier run, and again after `hold`. */
  release(): void {
    this.#held = false;
    this.#dispatch();
  }

  /** Events that are under way or wait, and those that were given up. */
  depth(): { waiting: number; failed: number } {
    const count = (failed: number) =>
      Number(this.#database.prepare("SELECT count(*) AS n FROM events WHERE failed = ?").get(failed)?.n ?? 0);
    return { waiting: count(0), failed: count(1) };
  }

  /** Nothing is delivered any more, and what is under way counts as not delivered. Events are still kept. */
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

  /** Until it is dealt with or given up, pauses included. */
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

/** What EventBridge sends for an object. Keys are as they are, not URL-encoded as in S3's own notifications. */
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
