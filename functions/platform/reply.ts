/** A script gave a reply that its typed function does not expect: an error of this service, never of a client. */
export class UnexpectedReply extends Error {
  override readonly name = "UnexpectedReply";
  constructor(scriptName: string) {
    super(`Unknown reply of the script ${scriptName}`);
  }
}

/** A script's reply: its outcome, then further values. */
export function outcomeOf(scriptName: string, reply: unknown): [outcome: string, ...rest: unknown[]] {
  if (!Array.isArray(reply) || typeof reply[0] !== "string") throw new UnexpectedReply(scriptName);
  return reply as [string, ...unknown[]];
}

/** Turns Redis' flat list of names and values into a record. */
export function record(flat: unknown): Record<string, string> {
  const fields: Record<string, string> = {};
  if (!Array.isArray(flat)) return fields;
  for (let i = 0; i + 1 < flat.length; i += 2) fields[String(flat[i])] = String(flat[i + 1]);
  return fields;
}
