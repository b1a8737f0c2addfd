import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, DIST } from "../../../../infra/bundle.ts";
import { LEAN_ENVIRONMENT, leanly } from "../../../../infra/local/lambda/host/lean.ts";
import { LocalRedis } from "../../../../infra/local/redis/redis-server.ts";
import { Watchdog } from "../../../../infra/programs/watchdog.ts";
import { removeFolder } from "../../../support/redis.ts";

const SERVER = fileURLToPath(new URL("server.ts", import.meta.url));
const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));

/** A worker process per test behind an HTTP server, over a Redis of its own. */
export interface Baseline {
  readonly url: string;
  /** Ids of all its processes, Redis included. */
  readonly pids: readonly number[];
  /** May be called more than once. */
  stop(): Promise<void>;
}

/**
 * @param workers the largest number of simultaneous tests
 * @param isLean whether a worker is bundled and has the memory settings of the service's own processes; otherwise Node.js runs
 * its TypeScript directly
 */
export async function startBaseline(workers: number, isLean = false): Promise<Baseline> {
  await using parts = new AsyncDisposableStack();
  const dir = parts.adopt(mkdtempSync(join(tmpdir(), "boptest-baseline-")), removeFolder);
  const watchdog = parts.use(new Watchdog(dir));
  const redis = parts.adopt(
    await LocalRedis.start({ dir, logFile: join(dir, "redis.log"), watchdog, port: 0, appendfsync: "everysec" }),
    (each) => each.stop(),
  );
  const program = isLean ? (await bundle(WORKER, join(DIST, "bench"), { name: "worker", external: [] })).file : WORKER;
  const server = fork(SERVER, [String(redis.port), String(workers), program, ...(isLean ? leanly(0) : [])], {
    env: {
      ...process.env,
      ...(isLean ? { ...LEAN_ENVIRONMENT, NODE_COMPILE_CACHE: join(DIST, "bench", "compiled") } : {}),
    },
  });
  watchdog.guard(server);
  parts.defer(async () => {
    if (!server.connected) return;
    const exited = once(server, "exit");
    // The workers end when their connection closes.
    server.disconnect();
    await exited;
  });
  const [said] = (await once(server, "message")) as [{ port: number; workers: number[] }];
  const running = parts.move();
  return {
    url: `http://127.0.0.1:${said.port}`,
    pids: [...(server.pid === undefined ? [] : [server.pid]), ...said.workers, redis.pid],
    stop: () => running.disposeAsync(),
  };
}
