import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, createWriteStream, mkdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { within } from "../../programs/deadline.ts";
import { codeOf, Problem } from "../../programs/problem.ts";
import type { Watchdog } from "../../programs/watchdog.ts";
import { freePort, HOST, portInUse } from "../http/ports.ts";

export interface RedisOptions {
  /** The folder of the append-only file. */
  dir: string;
  logFile: string;
  watchdog: Watchdog;
  /** 0: any free port. */
  port: number;
  appendfsync: "everysec" | "always";
  /** The port of the primary, for a replica: it accepts no writes, and keeps no file. */
  replicaOf?: number;
}

const START_LIMIT_MS = 60_000;

/** A real redis-server with an append-only file. Tests can kill it, and start it again on its port. */
export class LocalRedis {
  readonly port: number;
  readonly #options: RedisOptions;
  #server: ChildProcess;
  #ending = false;
  #onCrash: (() => void) | undefined;

  private constructor(port: number, options: RedisOptions, server: ChildProcess) {
    this.port = port;
    this.#options = options;
    this.#server = server;
  }

  static async start(options: RedisOptions): Promise<LocalRedis> {
    mkdirSync(options.dir, { recursive: true });
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port || (await freePort());
      try {
        return new LocalRedis(port, options, await launch(port, options));
      } catch (error) {
        // Another process took this port in the meantime. The caller named no port: choose another one.
        if (!(error instanceof PortTaken)) throw error;
        if (options.port !== 0 || attempt === 5) throw portInUse(port, "--redis-port");
      }
    }
  }

  get pid(): number {
    const { pid } = this.#server;
    if (pid === undefined) throw new Error("redis-server does not run");
    return pid;
  }

  /** Calls back when the server ends without `stop`. */
  onCrash(listener: () => void): void {
    this.#onCrash = listener;
    const server = this.#server;
    server.once("exit", () => {
      if (server === this.#server && !this.#ending) listener();
    });
  }

  /** SIGKILL: writes that are not in the append-only file are lost. */
  async kill(): Promise<void> {
    this.#ending = true;
    await end(this.#server, "SIGKILL");
  }

  /** Starts the server again on the same port and data, after killing it if it runs; returns when the data are loaded. */
  async restart(): Promise<void> {
    await this.kill();
    this.#server = await launch(this.port, this.#options);
    this.#ending = false;
    if (this.#onCrash) this.onCrash(this.#onCrash);
  }

  /** Copies the append-only file as it is into a folder. Whatever was acknowledged before is in it. */
  keepFile(folder: string): void {
    cpSync(this.#file, folder, { recursive: true, force: true });
  }

  /** Kills it, and starts it with the file that was kept: all that was written since is lost. */
  async goBack(folder: string): Promise<void> {
    await this.kill();
    rmSync(this.#file, { recursive: true });
    cpSync(folder, this.#file, { recursive: true });
    await this.restart();
  }

  get #file(): string {
    return join(this.#options.dir, "appendonlydir");
  }

  /** An orderly end: the append-only file is complete. */
  async stop(): Promise<void> {
    this.#ending = true;
    await end(this.#server, "SIGTERM");
  }

  /** The number of calls of each command since the server started, those in scripts included. */
  async commandstats(): Promise<Record<string, number>> {
    const calls: Record<string, number> = {};
    for (const [, name, count] of (await ask(this.port, "INFO commandstats")).matchAll(
      /^cmdstat_([^:]+):calls=(\d+)/gm,
    )) {
      if (name !== undefined && name !== "info" && name !== "quit") calls[name] = Number(count);
    }
    return calls;
  }
}

class PortTaken extends Error {}

/** Unused memory goes back to the system within a second: options of jemalloc, by its version. */
const JEMALLOC = "dirty_decay_ms:1000,muzzy_decay_ms:0";
const LEAN_ENVIRONMENT = { MALLOC_CONF: JEMALLOC, JE_MALLOC_CONF: JEMALLOC };

async function launch(port: number, options: RedisOptions): Promise<ChildProcess> {
  const { dir, logFile, appendfsync, watchdog, replicaOf } = options;
  const settings = {
    port: String(port),
    bind: HOST,
    dir,
    appendonly: replicaOf === undefined ? "yes" : "no",
    appendfsync,
    save: "",
    daemonize: "no",
    // A replica gets its copy at once; by default the server waits for further replicas.
    "repl-diskless-sync-delay": "0",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  if (replicaOf !== undefined) args.push("--replicaof", HOST, String(replicaOf));
  const binary = process.env.REDIS_SERVER || "redis-server";
  // `detached`, see Watchdog: Ctrl-C must not end the server before its clients.
  const env = { ...process.env, ...LEAN_ENVIRONMENT };
  const server = spawn(binary, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  watchdog.guard(server);
  try {
    await within(ready(server, logFile), START_LIMIT_MS, "starting redis-server");
    return server;
  } catch (error) {
    server.kill("SIGKILL");
    if (codeOf(error) === "ENOENT") {
      throw new Problem(
        `${binary} was not found: run "npm run setup", or install Redis, or name its server in REDIS_SERVER`,
      );
    }
    if (codeOf(error) === "EACCES") throw new Problem(`${binary} cannot be executed: check REDIS_SERVER`);
    throw error;
  }
}

/** Resolves when the server has loaded its data and accepts connections. */
async function ready(server: ChildProcess, logFile: string): Promise<void> {
  const log = createWriteStream(logFile, { flags: "a" });
  log.on("error", () => {});
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      log.write(chunk);
      if (said.length > 100_000) return;
      said += chunk.toString();
      if (said.includes("Ready to accept connections")) resolve();
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.once("error", reject);
    // `close`, not `exit`: then all output has been read.
    server.once("close", () => {
      log.end();
      reject(
        /Address already in use/.test(said) ? new PortTaken() : new Problem(`redis-server ended: ${reason(said)}`),
      );
    });
  });
}

function reason(said: string): string {
  const lines = said.trim().split("\n");
  const fatal = lines.findLast((line) => /fatal|error|can't|denied|failed|bad file/i.test(line)) ?? lines.at(-1);
  return fatal?.replace(/^\d+:\w \d+ \w+ \d+ [\d:.]+ \S /, "") || "it gave no reason";
}

async function end(server: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, "exit");
  server.kill(signal);
  await within(exited, 20_000, "ending redis-server");
}

/** One command over a new connection; no other command appears in the statistics. */
export async function ask(port: number, command: string): Promise<string> {
  const socket = connect({ host: HOST, port });
  socket.setTimeout(10_000, () => socket.destroy(new Error("redis-server does not answer")));
  socket.write(`${command}\r\nQUIT\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}
