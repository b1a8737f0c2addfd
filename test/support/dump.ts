import { Redis } from "ioredis";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";

/**
 * Every key with an id in its name, and its content as Redis itself writes it out (`DUMP`, in base64): what is the same
 * twice has not been touched. Over a connection of its own, for REST carries text and these are bytes.
 */
export async function dumpOf({ redis }: Pick<Cloud, "redis">, id: string): Promise<Record<string, string>> {
  const client = new Redis({ host: "127.0.0.1", port: redis.port, protocol: 2 });
  try {
    const names = (await client.keys(`*${id}*`)).sort();
    for (const name of names) await settle(client, name);
    const contents = await Promise.all(names.map((name) => client.dumpBuffer(name)));
    return Object.fromEntries(names.map((name, i) => [name, contents[i]?.toString("base64") ?? ""]));
  } finally {
    client.disconnect();
  }
}

/** A hash that grew is rearranged bit by bit, whenever it is read: it is read until that is over. */
async function settle(client: Redis, name: string): Promise<void> {
  if ((await client.type(name)) !== "hash") return;
  for (let i = 0; i < 200; i++) await client.hexists(name, "status");
}
