import { existsSync, readFileSync } from "node:fs";

/** Whether a process runs. One that has ended counts as ended, even if nobody has asked for its exit code yet. */
export function runs(pid: number): boolean {
  if (!existsSync("/proc/self/stat")) return isKnown(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const state = stat.slice(stat.lastIndexOf(")") + 2)[0];
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}

function isKnown(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
