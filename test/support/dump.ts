import { Redis } from "ioredis";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";

/** A cloud, or redis-server alone. */
interface Of {
  readonly redis: Pick<Cloud["redis"], "port">;
}

/**
 * Every key with an id in its name, and its content as Redis itself writes it out (`DUMP`, in base64): what is the same
 * twice has not been touched. Over a connection of its own, for REST carries text and these are bytes.
 */
export async function dumpOf({ redis }: Of, id: string): Promise<Record<string, string>> {
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

/** Makes all keys with an id in their names what they were when `dumpOf` read them. */
export async function bringBack({ redis }: Of, id: string, dumped: Readonly<Record<string, string>>): Promise<void> {
  const client = new Redis({ host: "127.0.0.1", port: redis.port, protocol: 2 });
  try {
    await client.del(...(await client.keys(`*${id}*`)));
    for (const [name, content] of Object.entries(dumped)) await client.restore(name, 0, Buffer.from(content, "base64"));
  } finally {
    client.disconnect();
  }
}

/** A hash that grew is rearranged bit by bit, whenever it is read: it is read until that is over. */
async function settle(client: Redis, name: string): Promise<void> {
  if ((await client.type(name)) !== "hash") return;
  for (let i = 0; i < 200; i++) await client.hexists(name, "status");
}
