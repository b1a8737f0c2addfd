import { createHash } from "node:crypto";

/**
 * Stands for the address that a call comes from, in Redis too: a hash, because an address is about a person. Of IPv6 the
 * first half counts, for everyone has as many second halves as he likes.
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
