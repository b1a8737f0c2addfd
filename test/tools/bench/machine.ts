import { execFileSync } from "node:child_process";
import { cpus, platform, release, totalmem } from "node:os";
import { ROOT } from "../../../infra/bundle.ts";

/** The machine of a run: figures of different machines cannot be compared. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
  readonly commit: string;
  readonly date: string;
}

export function describeMachine(): Machine {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() || "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    redis: /v=([\d.]+)/.exec(said(process.env.REDIS_SERVER || "redis-server", "--version"))?.[1] ?? "unknown",
    commit: said("git", "-C", ROOT, "describe", "--always", "--dirty").trim() || "unknown",
    date: new Date().toISOString().slice(0, 10),
  };
}

function said(program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
