import { createHash } from "node:crypto";

/**
 * A hash for the client's address, in Redis, too, because an address is personal data. Of an IPv6 address the first half
 * counts, because every client can have any number of second halves.
 */
export function addressId(sourceIp: string): string {
  return createHash("sha256").update(network(sourceIp)).digest("hex").slice(0, 16);
}

function network(sourceIp: string): string {
  if (!sourceIp.includes(":")) return sourceIp;
  const [head = "", tail] = sourceIp.toLowerCase().split("::");
  const before = head.split(":").filter((group) => group !== "");
  const after = (tail ?? "").split(":").filter((group) => group !== "");
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
