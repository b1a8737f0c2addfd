import { isIPv4 } from "node:net";

/** A host and perhaps a port, as they stand in `Host`: a name, an IPv4 address, or an IPv6 address in brackets. */
const HOST_HEADER = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * What a client calls this server: the header `Host`, checked, for it becomes part of addresses that are answered.
 * Where only this machine can reach the server, it must be a name of this machine, though with any port, for ports are
 * forwarded: a page of the Internet whose name is made to lead here would get at the service otherwise. What proxies add
 * (`X-Forwarded-Host`) anyone could send, and is not looked at.
 *
 * @returns undefined for what is none
 */
export function readHost(header: string | undefined, isOnlyHere: boolean): string | undefined {
  if (header === undefined || header.length > 255 || !HOST_HEADER.test(header)) return undefined;
  return isOnlyHere && !isLoopback(header.replace(/:\d{1,5}$/, "")) ? undefined : header;
}

/** Whether an address or a name is one that leads nowhere but to the machine itself. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return (
    name === "localhost" || name.endsWith(".localhost") || name === "::1" || (isIPv4(name) && name.startsWith("127."))
  );
}
