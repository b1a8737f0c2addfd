import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../infra/bundle.ts";
import { freePort } from "../../../infra/local/http/ports.ts";
import { Watchdog } from "../../../infra/programs/watchdog.ts";
import { npmScript } from "../../support/npm-script.ts";
import { removeFolder } from "../../support/redis.ts";

/** A local cloud in processes of its own, as `npm start` runs it: its memory and time are apart from the bench's. */
export interface Standalone {
  readonly url: string;
  /** All its processes: the one that was started, and its descendants. */
  pids(): number[];
  stop(): Promise<void>;
}

export async function startStandalone(): Promise<Standalone> {
  await using parts = new AsyncDisposableStack();
  const dir = parts.adopt(mkdtempSync(join(tmpdir(), "boptest-bench-")), removeFolder);
  const watchdog = parts.use(new Watchdog(dir));
  const port = await freePort();
  const { command, args, path } = npmScript("start", ["--port", String(port), "--data", dir]);
  const env = { ...process.env, PATH: path };
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
  watchdog.guard(child);
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("is running")) resolve();
    });
    child.once("exit", () => reject(new Error(`The local cloud has ended: ${said}`)));
  });
  parts.defer(async () => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  });
  const running = parts.move();
  return {
    url: `http://127.0.0.1:${port}`,
    pids: () => (child.pid === undefined ? [] : treeOf(child.pid)),
    stop: () => running.disposeAsync(),
  };
}

/** A process and its descendants. */
function treeOf(root: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const parents = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [root];
  for (const pid of tree) for (const [child = 0, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}
