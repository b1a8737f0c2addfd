import { Cache } from "../../functions/cache/cache.ts";
import type { CacheSettings } from "../../functions/cache/settings.ts";
import { createObjects } from "../../functions/platform/objects.ts";
import { createRedis } from "../../functions/platform/redis.ts";

/** A process of its own with a cache, that does what it is told over the channel: see test/support/cache-process.ts. */

export interface Call {
  readonly id: number;
  readonly op: "create" | "read" | "getOrCreate" | "delete" | "evict";
  readonly key: string;
  /** Text that is created, or produced once `go` comes; `throw:` and a message to fail with it instead. */
  readonly content: string;
  readonly onFailure: "retry" | "share";
}

export type ToProgram = { readonly kind: "call"; readonly call: Call } | { readonly kind: "go" };

export type FromProgram =
  | { readonly kind: "ready" | "producing" }
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly name: string; readonly message: string };

const { UPSTASH_REDIS_REST_URL: url = "", UPSTASH_REDIS_REST_TOKEN: token = "", BUCKET = "" } = process.env;
const settings = JSON.parse(process.argv[2] ?? "{}") as Partial<CacheSettings>;
const cache = new Cache(createRedis({ url, token }), createObjects(BUCKET), settings);

let go = Promise.withResolvers<void>();
process.on("disconnect", () => process.exit());
process.on("message", (message: ToProgram) => {
  if (message.kind === "go") go.resolve();
  else void answer(message.call);
});
send({ kind: "ready" });

async function answer(call: Call): Promise<void> {
  try {
    send({ kind: "result", id: call.id, result: await carryOut(call) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    send({ kind: "error", id: call.id, name, message });
  }
}

async function carryOut({ op, key, content, onFailure }: Call): Promise<unknown> {
  switch (op) {
    case "create":
      return (await cache.create(key, Buffer.from(content))).outcome;
    case "read": {
      const read = await cache.read(key);
      return read.outcome === "ok" ? Buffer.from(read.bytes).toString() : read.outcome;
    }
    case "getOrCreate":
      return Buffer.from(await cache.getOrCreate(key, () => produce(content), { onFailure })).toString();
    case "delete":
      return (await cache.delete(key)).outcome;
    case "evict":
      return (await cache.evict({ toBytes: 0 })).outcome;
  }
}

async function produce(content: string): Promise<Uint8Array> {
  send({ kind: "producing" });
  await go.promise;
  go = Promise.withResolvers<void>();
  if (content.startsWith("throw:")) throw new RangeError(content.slice("throw:".length));
  return Buffer.from(content);
}

function send(message: FromProgram): void {
  process.send?.(message);
}
