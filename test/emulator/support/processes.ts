import { readdirSync, readFileSync } from "node:fs";

/** Processes of models that this process has started, or another one. */
export function modelProcesses(starter: number | undefined = process.pid): string[] {
  return readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const parent = readFileSync(`/proc/${entry}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1];
      const isModel = readFileSync(`/proc/${entry}/cmdline`, "utf8").includes("boptest-host");
      return isModel && parent === String(starter);
    } catch {
      return false; // it has ended
    }
  });
}

/** The CPU time that a process has taken, ms. */
export function cpuMs(pid: string | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return 0; // it has ended, or there is none yet
  }
}

/** What a process does, as Linux says it: R computes, S waits, T is stopped. Undefined if it has ended. */
export function stateOf(pid: string | undefined): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[0];
  } catch {
    return undefined;
  }
}

/** The memory that a process takes, MB. */
export function residentMb(pid: string): number {
  return (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096) / 2 ** 20;
}
