/** A reply of redis-server, in ioredis' form with buffers. */
export type RawReply = Buffer | string | number | null | Error | RawReply[];

/** The same reply as JSON. */
export type JsonReply = string | number | null | JsonReply[];

/** One command's outcome in the REST protocol. */
export type Outcome = { result: JsonReply } | { error: string };

/**
 * @param base64 encodes every string at any depth, so that bytes survive JSON; only a plain `OK` stays unchanged
 */
export function encode(reply: RawReply, base64: boolean): Outcome {
  if (reply instanceof Error) return { error: reply.message };
  const text = (value: Buffer) => value.toString(base64 ? "base64" : "utf8");
  if (Buffer.isBuffer(reply) && reply.length === 2 && reply.toString("latin1") === "OK") return { result: "OK" };
  return { result: nested(reply, text) };
}

function nested(reply: RawReply, text: (value: Buffer) => string): JsonReply {
  if (Array.isArray(reply)) return reply.map((each) => nested(each, text));
  if (Buffer.isBuffer(reply)) return text(reply);
  if (typeof reply === "string") return text(Buffer.from(reply));
  return reply instanceof Error ? text(Buffer.from(reply.message)) : reply;
}
