import { beginInitialize } from "../simulation/run.ts";
import type { TestCase } from "../simulation/testcase.ts";
import type { Claimed } from "../streams/claim.ts";
import type { Pace } from "../streams/pace.ts";
import type { Ports } from "./ports.ts";
import { type Simulated, simulate } from "./simulate.ts";
import { NO_TIMING } from "./test.ts";

/** A test's beginning (s), and its end if it has one. */
export interface Beginning {
  readonly startTime: number;
  readonly warmupPeriod: number;
  readonly endTime: number | null;
}

/**
 * Begins a test anew: clock, emulator, results, KPIs, the account of wall-clock time, and the draws of forecast errors.
 * Its step and scenario stay.
 */
export async function restart(
  ports: Ports,
  work: Claimed,
  pace: Pace,
  testcase: TestCase,
  beginning: Beginning,
): Promise<Simulated> {
  const begin = () => beginInitialize(testcase, beginning);
  const simulated = await simulate(ports, work, pace, testcase, { begin, restart: true });
  if (simulated.kind === "suspend") return simulated;
  const { changes, time } = simulated;
  const fields = { ...changes.fields, time: String(time), timing: JSON.stringify(NO_TIMING), drawn: "" };
  return { ...simulated, changes: { ...changes, fields } };
}
