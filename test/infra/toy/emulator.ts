import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

interface Task {
  do?: "throw" | "exit" | "wait" | "hang" | "start" | "litter";
  /** `wait` is over once this file exists. */
  until?: string;
  /** How long the answer is to be, bytes. */
  bytes?: number;
}

/** Does as it is told, and tells where and for whom it has worked in this process. */
const worked: unknown[] = [];

export const handler = async (task: Task): Promise<unknown> => {
  worked.push(task);
  if (task.do === "throw") throw new RangeError("on purpose");
  if (task.do === "exit") process.exit(3);
  // Something that takes no notice of its parent, as a model that computes and computes.
  if (task.do === "start") return { pid: process.pid, started: spawn("sleep", ["3600"], { stdio: "ignore" }).pid };
  if (task.do === "litter") {
    const folder = mkdtempSync(join(tmpdir(), "litter-"));
    writeFileSync(join(folder, "file"), "left");
    return { pid: process.pid, folder };
  }
  if (task.do === "wait") while (!existsSync(task.until ?? "")) await delay(5);
  if (task.do === "hang") await delay(3_600_000);
  if (task.bytes !== undefined) return "x".repeat(task.bytes);
  return { pid: process.pid, worked, environment: process.env };
};
