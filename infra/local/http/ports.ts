import type { Server as HttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { within } from "../../programs/deadline.ts";
import { codeOf, Problem } from "../../programs/problem.ts";

/** All servers listen on this address only. The API can be told another. */
export const HOST = "127.0.0.1";

/** Below the ports that systems choose for port 0, so that no other socket takes the port of a restarting server. */
const FIRST = 12_000;
const LAST = 30_000;

/** Listens on the given port; for 0, on any free port. @returns the port */
export async function listen(server: Server, port: number, option: string, host = HOST): Promise<number> {
  const listening = new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  try {
    await within(listening, 10_000, `listening on port ${port}`);
  } catch (error) {
    throw asProblem(error, port, option, host);
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}

/** Stops listening, and ends all connections. */
export async function close(server: HttpServer): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** A free port that other programs do not choose by themselves. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Problem(`No free port found between ${FIRST} and ${LAST}`);
}

export function portInUse(port: number, option: string): Problem {
  return new Problem(`Port ${port} is in use: stop the program that listens there, or choose another (${option})`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await listen(probe, port, "");
  } catch {
    return false;
  }
  await new Promise((resolve) => probe.close(resolve));
  return true;
}

function asProblem(error: unknown, port: number, option: string, host: string): unknown {
  const code = codeOf(error);
  if (code === "EADDRINUSE") return portInUse(port, option);
  if (code === "EACCES")
    return new Problem(`Port ${port} needs rights that you do not have: choose one above 1023 (${option})`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new Problem(`${host} is no address of this machine (--host)`);
  }
  return error;
}
