import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmulatorRequest } from "../../../functions/emulator/protocol.ts";
import type { Cloud } from "../cloud/cloud.ts";

const PROGRAM = "boptest-host";
/** The function's process hears of the end of a model's process a little later than it ends, ms. */
const HEARD_MS = 20;

/** The processes of models that the emulator function runs now. */
export function modelPids({ host }: Pick<Cloud, "host">): number[] {
  const parents = new Set(host.pids("emulator").map(String));
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && isModel(entry, parents))
    .map(Number);
}

function isModel(pid: string, parents: ReadonlySet<string>): boolean {
  try {
    const [, parent = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return parents.has(parent) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(PROGRAM);
  } catch {
    return false; // it has ended
  }
}

/** Kills all of these processes, and waits for their end. @returns those that there were */
export async function killModels(cloud: Pick<Cloud, "host">): Promise<number[]> {
  const pids = modelPids(cloud);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  while (modelPids(cloud).length > 0) await sleep(1);
  if (pids.length > 0) await sleep(HEARD_MS);
  return pids;
}

/** What the emulator function was asked for, and by which processes it was done. */
export interface Work {
  /** Steps that it was asked for, and how many of them were replays of what was done before. */
  advances: number;
  replays: number;
  /** Of the models, each once. */
  readonly pids: Set<number>;
}

/** Notes what the emulator function is asked for while something is done. */
export async function watchModels<T>(
  cloud: Pick<Cloud, "host" | "lambda">,
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly work: Work }> {
  const work: Work = { advances: 0, replays: 0, pids: new Set() };
  cloud.lambda.intercept = async ({ payload, forward }) => {
    const answer = await forward();
    const asked = (payload as EmulatorRequest).work;
    if (asked.kind === "advance") work.advances++;
    if (asked.kind === "advance" && asked.replays === true) work.replays++;
    for (const pid of modelPids(cloud)) work.pids.add(pid);
    return answer;
  };
  try {
    return { result: await act(), work };
  } finally {
    cloud.lambda.intercept = undefined;
  }
}
