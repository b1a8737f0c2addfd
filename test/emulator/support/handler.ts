import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EmulatorReply, EmulatorRequest } from "../../../functions/emulator/protocol.ts";

export const HANDLER = fileURLToPath(new URL("./handler-process.ts", import.meta.url));

/** A handler in a process of its own, whose environment holds secrets. */
export async function withHandler<T>(
  use: (call: (request: EmulatorRequest) => Promise<EmulatorReply>, process: ChildProcess) => Promise<T>,
): Promise<T> {
  // It is killed, and clears nothing up.
  const folder = mkdtempSync(join(tmpdir(), "boptest-handler-"));
  const env = {
    ...process.env,
    TMPDIR: folder,
    UPSTASH_REDIS_REST_TOKEN: "boptest-secret-1",
    AWS_SECRET_ACCESS_KEY: "boptest-secret-2",
  };
  // Somebody left a descriptor open to it, by a number that Node.js does not look after.
  const left = openSync("/etc/hostname", "r");
  const between = Array.from({ length: 16 }, () => "ignore" as const);
  const stdio = ["inherit", "inherit", "inherit", "ipc", ...between, left] as const;
  const execArgv = ["--disable-warning=ExperimentalWarning"];
  const child: ChildProcess = fork(HANDLER, [], { env, execArgv, stdio: [...stdio] });
  try {
    return await use(async (request) => {
      const answered = once(child, "message");
      child.send(request);
      return (await answered)[0] as EmulatorReply;
    }, child);
  } finally {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    closeSync(left);
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
