import { readFileSync } from "node:fs";
import type { InputValues } from "../../functions/simulation/emulator.ts";
import {
  beginAdvance,
  beginInitialize,
  continueRun,
  finish,
  isDone,
  type Run,
  type Snapshot,
} from "../../functions/simulation/run.ts";
import { concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { findTestCase } from "../../functions/simulation/testcases/index.ts";

export interface Finished {
  readonly snapshot: Snapshot;
  readonly samples: Samples;
  readonly points: Readonly<Record<string, number>>;
}

export function builtIn(id: string): TestCase {
  const testcase = findTestCase(id);
  if (testcase === undefined) throw new Error(`no ${id}`);
  return testcase;
}

/** Runs to the end in slices. With `throughJson`, each slice begins with what another process would have read. */
export async function complete(
  testcase: TestCase,
  begun: Run,
  maxIntervals = 1e9,
  throughJson = false,
): Promise<Finished> {
  let run = begun;
  const parts: Samples[] = [];
  let points = {};
  while (!isDone(run)) {
    const slice = await continueRun(testcase, throughJson ? JSON.parse(JSON.stringify(run)) : run, maxIntervals);
    run = slice.run;
    parts.push(slice.samples);
    points = slice.points;
  }
  return { snapshot: finish(testcase, run), samples: concatSamples(parts), points };
}

export function initialize(
  testcase: TestCase,
  startTime = 0,
  warmupPeriod = 0,
  endTime: number | null = null,
): Promise<Finished> {
  return complete(testcase, beginInitialize(testcase, { startTime, warmupPeriod, endTime }));
}

export function advance(
  testcase: TestCase,
  snapshot: Snapshot,
  step: number,
  inputs: InputValues = snapshot.inputs,
): Promise<Finished> {
  return complete(testcase, beginAdvance(testcase, snapshot, inputs, step));
}

/** The column of a point; fails the test if there is none. */
export function columnOf(samples: Samples, name: string): Float64Array {
  const values = samples.columns[samples.names.indexOf(name)];
  if (values === undefined) throw new Error(`no column ${name}`);
  return values;
}

export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8")) as T;
}
