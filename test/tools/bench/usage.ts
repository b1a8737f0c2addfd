import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** What processes take. */
export interface Usage {
  readonly processes: number;
  /** Bytes of memory; pages that several of them share count once (Linux; elsewhere as often as they are shared). */
  readonly bytes: number;
  /** Time on a processor since they started, s. */
  readonly cpuSeconds: number;
}

/** Those of the processes that still run. */
export function usageOf(pids: readonly number[]): Usage {
  const each = pids.flatMap((pid) => {
    try {
      return [{ bytes: bytesOf(pid), cpuSeconds: cpuSecondsOf(pid) }];
    } catch {
      return [];
    }
  });
  return {
    processes: each.length,
    bytes: each.reduce((sum, { bytes }) => sum + bytes, 0),
    cpuSeconds: each.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  };
}

/**
 * Time on a processor that several lots of processes take within the same windows of time.
 *
 * @returns for each lot, and in it for each window, what part of one core it took
 */
export async function cpuOf(
  lots: readonly (() => readonly number[])[],
  { windows, ms }: { readonly windows: number; readonly ms: number },
): Promise<number[][]> {
  const found = lots.map((): number[] => []);
  for (let window = 0; window < windows; window++) {
    const before = lots.map((pids) => usageOf(pids()).cpuSeconds);
    const beganAt = performance.now();
    await sleep(ms);
    const seconds = (performance.now() - beganAt) / 1000;
    for (const [i, pids] of lots.entries()) {
      found[i]?.push((usageOf(pids()).cpuSeconds - (before[i] ?? Number.NaN)) / seconds);
    }
  }
  return found;
}

function bytesOf(pid: number): number {
  if (process.platform !== "linux") return 1024 * Number(ps(pid, "rss"));
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return 1024 * Number(kilobytes ?? 0);
}

/** Linux counts in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  if (process.platform === "linux") {
    const [user, system] = (readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1] ?? "").split(" ").slice(11, 13);
    return (Number(user) + Number(system)) / 100;
  }
  const [seconds = 0, minutes = 0, hours = 0] = ps(pid, "time").split(/[:-]/).map(Number).reverse();
  return hours * 3600 + minutes * 60 + seconds;
}

function ps(pid: number, column: string): string {
  return execFileSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
}
