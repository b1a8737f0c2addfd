import { isIPv4 } from "node:net";

/** A host and an optional port in `Host`: a name, an IPv4 address, or an IPv6 address in brackets. */
const HOST_HEADER = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * The client's name for this server: the header `Host`, checked, because addresses in answers contain it. If only this
 * machine can reach the server, the host must be a name of this machine, with any port, because ports can be forwarded.
 * Otherwise a page of the Internet could make its own name resolve to this machine, and use the service. Headers of
 * proxies (`X-Forwarded-Host`) are ignored, because every client can send them.
 *
 * @returns undefined for an invalid or foreign host
 */
export function readHost(header: string | undefined, isOnlyHere: boolean): string | undefined {
  if (header === undefined || header.length > 255 || !HOST_HEADER.test(header)) return undefined;
  return isOnlyHere && !isLoopback(header.replace(/:\d{1,5}$/, "")) ? undefined : header;
}

/** Whether an address or a name leads to this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return (
    name === "localhost" || name.endsWith(".localhost") || name === "::1" || (isIPv4(name) && name.startsWith("127."))
  );
}
