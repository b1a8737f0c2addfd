import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../../../../infra/bundle.ts";
import { pythonEnvironment, pythonWith } from "../../../clients/python.ts";
import type { Context } from "../context.ts";
import { ratios, rounds } from "../stats.ts";
import { atLeast, type Section } from "../table.ts";

/** What `load/gym.py` tells of each round. */
interface Told {
  readonly round: number;
  readonly way: string;
  readonly perSecond: number;
  readonly gymnasium: string;
}

const NAMES: Readonly<Record<string, string>> = {
  apart: "advance, KPIs and forecast apart, as boptest-gym",
  one: "`BuildingEnv`",
  "8 at once": "`BuildingVectorEnv`, 8 buildings",
  "64 at once": "`BuildingVectorEnv`, 64 buildings",
};

/** How fast an agent in Python can train: KPIs and a forecast with each step. */
export async function gym(context: Context): Promise<Section> {
  const { quick, say } = context;
  const count = quick ? 2 : 7;
  const cloud = await context.cloud();
  const found = new Map(Object.keys(NAMES).map((way) => [way, [] as number[]]));
  let gymnasium = "";
  const program = join(import.meta.dirname, "..", "load", "gym.py");
  const options = [program, cloud.url, String(count), quick ? "2" : "4"];
  const child = spawn(pythonWith("requests", "numpy"), options, {
    cwd: ROOT,
    env: pythonEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  context.defer(() => void child.kill());
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as Told;
    say(`round ${told.round} of ${count}: ${told.way}`);
    gymnasium = told.gymnasium;
    if (told.round > 0) found.get(told.way)?.push(told.perSecond);
  }
  const [code] = await exited;
  if (code !== 0) throw new Error(`${program} ended with ${code}`);

  const of = (way: string) => found.get(way) ?? [];
  const gain = (way: string) => ratios(of(way), of("apart"));
  return {
    title: "Training in Python",
    tables: [
      {
        title: "testcase1, steps of 15 minutes, each with KPIs and a forecast of 25 values",
        rounds: count,
        head: ["way", "steps/s, all buildings", "steps/s / those of boptest-gym's way"],
        rows: Object.entries(NAMES).map(([way, name]) => [name, rounds(of(way)), way === "apart" ? "" : gain(way)]),
      },
    ],
    notes: [
      "boptest-gym's way is three requests a step, each on a connection of its own, as it sends them. Ours is one request a step on a connection that is kept; of many buildings, one request for all.",
      `One agent, which waits for each step. It shares the processors with the service. Gymnasium: ${gymnasium}.`,
    ],
    targets: [
      atLeast("steps/s of BuildingEnv / of boptest-gym's way", gain("one"), 2.5),
      atLeast("steps/s of BuildingVectorEnv with 64 buildings / of boptest-gym's way", gain("64 at once"), 8),
    ],
  };
}
