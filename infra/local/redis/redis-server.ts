import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { connect } from "node:net";
import { within } from "../../programs/deadline.ts";
import { codeOf, Problem } from "../../programs/problem.ts";
import type { Watchdog } from "../../programs/watchdog.ts";
import { freePort, HOST, portInUse } from "../http/ports.ts";

export interface RedisOptions {
  /** Where the append-only file lives. */
  dir: string;
  logFile: string;
  watchdog: Watchdog;
  /** 0: any free one. */
  port: number;
  appendfsync: "everysec" | "always";
  /** The port of the server whose replica this one is to be: it takes no writes of its own, and keeps no file. */
  replicaOf?: number;
}

const START_LIMIT_MS = 60_000;

/** A real redis-server with an append-only file, that can be killed and comes back on its port. */
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
        // Somebody was quicker at a port that nobody asked for by number: take another one.
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

  /** Calls back whenever the server ends without having been told to. */
  onCrash(listener: () => void): void {
    this.#onCrash = listener;
    const server = this.#server;
    server.once("exit", () => {
      if (server === this.#server && !this.#ending) listener();
    });
  }

  /** SIGKILL: what was not yet in the append-only file is lost. */
  async kill(): Promise<void> {
    this.#ending = true;
    await end(this.#server, "SIGKILL");
  }

  /** Starts it again on the same port and data, killing it first if it still runs; returns when it has loaded them. */
  async restart(): Promise<void> {
    await this.kill();
    this.#server = await launch(this.port, this.#options);
    this.#ending = false;
    if (this.#onCrash) this.onCrash(this.#onCrash);
  }

  /** An orderly end: the append-only file is complete. */
  async stop(): Promise<void> {
    this.#ending = true;
    await end(this.#server, "SIGTERM");
  }

  /** How often each command was called since the server started, those inside scripts included. */
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

/** What was in use for a moment goes back to the system within a second: jemalloc, under either of its names there. */
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
    // A replica gets its copy at once; by default more of them are waited for.
    "repl-diskless-sync-delay": "0",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  if (replicaOf !== undefined) args.push("--replicaof", HOST, String(replicaOf));
  const binary = process.env.REDIS_SERVER || "redis-server";
  // `detached`, see Watchdog: Ctrl-C must not end it before those who write to it.
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

/** Resolves when the server has said that it takes connections (its data are loaded then). */
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
    // `close`, not `exit`: by then everything that it had to say has been read.
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

/** One command over a connection of its own; nothing else is sent that would show in the statistics. */
export async function ask(port: number, command: string): Promise<string> {
  const socket = connect({ host: HOST, port });
  socket.setTimeout(10_000, () => socket.destroy(new Error("redis-server does not answer")));
  socket.write(`${command}\r\nQUIT\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}
