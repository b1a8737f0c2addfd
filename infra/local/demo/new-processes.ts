import type { Cloud } from "../cloud/cloud.ts";
import type { Client } from "./client.ts";
import { killModels, type Work, watchModels } from "./model-processes.ts";
import { type Controller, runWeek, thermostats, type Week } from "./week.ts";

/** Steps of a test by one process, and by a new one each. */
export interface NewProcesses {
  /** What each step took its client, ms. */
  readonly calmMs: readonly number[];
  readonly newMs: readonly number[];
  /** Of the steps by new processes. */
  readonly work: Work;
  /** Whether both came to the same figures. */
  readonly same: boolean;
}

/** All results, and all KPIs except `time_rat`, which measures real time. */
const figuresOf = ({ kpis: { time_rat: _, ...kpis }, results }: Week) => JSON.stringify({ kpis, results });

/** Runs days of a test case twice: undisturbed, and with the model's process killed before each step. */
export async function runByNewProcesses(
  cloud: Pick<Cloud, "host" | "lambda">,
  client: Client,
  testcase: string,
  { days, onStep = () => {} }: { days: number; onStep?: (step: number, ms: number) => void },
): Promise<NewProcesses> {
  const [calmMs, newMs]: [number[], number[]] = [[], []];
  const calm = await runWeek(client, testcase, thermostats, (_step, _of, ms) => calmMs.push(ms), days);
  const kill: Controller = async (...test) => {
    await killModels(cloud);
    return await thermostats(...test);
  };
  await killModels(cloud);
  const { result, work } = await watchModels(cloud, () =>
    runWeek(
      client,
      testcase,
      kill,
      (step, _of, ms) => {
        newMs.push(ms);
        onStep(step, ms);
      },
      days,
    ),
  );
  return { calmMs, newMs, work, same: figuresOf(calm) === figuresOf(result) };
}

/** What new processes cost, in words: the first steps beside the last. */
export function describeNewProcesses({ calmMs, newMs, work }: NewProcesses): string {
  const few = Math.ceil(newMs.length / 4);
  const ms = (values: readonly number[]) => `${middle(values).toFixed(1)} ms`;
  return [
    `  ${newMs.length} steps by ${work.pids.size} processes, which were asked for ${work.advances} advances, ${work.replays} of them replays`,
    `  a step by a process that lives: ${ms(calmMs)}`,
    `  a step by a new process, the first ${few}: ${ms(newMs.slice(0, few))}; the last ${few}: ${ms(newMs.slice(-few))}`,
  ].join("\n");
}

/** The median. */
function middle(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
