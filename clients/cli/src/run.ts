import { writeFileSync } from "node:fs";
import { BadInput, type Points, type ScenarioChange, type Test } from "../../typescript/src/index.ts";
import { Controller } from "./controller.ts";
import { kpiRows } from "./kpis.ts";
import { plotAsSvg, plotForTerminal } from "./plot.ts";
import { unitsOf, writeResults } from "./results.ts";
import { type Common, EXIT, Problem, progress, serviceOf, show } from "./session.ts";

export interface RunOptions extends Common {
  readonly testcase: string;
  readonly scenario?: string;
  readonly price?: string;
  readonly start: number;
  readonly warmup: number;
  readonly days: number;
  readonly step: number;
  readonly controllerSeconds: number;
  readonly results?: string;
  readonly svg?: string;
  readonly keep?: boolean;
}

/** A closed loop from a test's beginning to its end. The test is stopped, unless `keep` is set. */
export async function run(file: string, options: RunOptions): Promise<void> {
  const controller = new Controller(file, options.controllerSeconds);
  try {
    const test = await serviceOf(options).select(options.testcase);
    try {
      await closeTheLoop(test, controller, options);
    } finally {
      if (options.keep) process.stderr.write(`The test is kept: ${test.id}\n`);
      else await test.stop();
    }
  } finally {
    controller.close();
  }
}

async function closeTheLoop(test: Test, controller: Controller, options: RunOptions): Promise<void> {
  const began = await begin(test, options);
  const start = began.time;
  const end = start + (options.scenario === undefined ? options.days : 14) * 86_400;
  for (let points: Points | undefined = began; points !== undefined && points.time < end; ) {
    const inputs = await controller.inputs(points);
    try {
      points = await test.advance(inputs);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      throw new Problem(`${controller.where()}: the service refused its inputs: ${error.message}`, EXIT.controller);
    }
    progress(options.testcase, (points?.time ?? end) - start, end - start);
  }
  const kpis = await test.kpis();
  const { time: _time, ...units } = await unitsOf(test);
  const results = await test.results(Object.keys(units), start);
  if (options.results !== undefined) writeResults(options.results, results);
  if (options.svg !== undefined) writeFileSync(options.svg, plotAsSvg(results, units));
  show(options, { testid: test.id, testcase: options.testcase, kpis }, () => kpiRows(kpis));
  if (!options.json) process.stdout.write(`\n${plotForTerminal(results, units)}`);
}

async function begin(test: Test, { scenario, price, step, start, warmup, days }: RunOptions): Promise<Points> {
  await test.setStep(step);
  const change = { time_period: scenario, electricity_price: price } as ScenarioChange;
  if (scenario !== undefined || price !== undefined) {
    const { time_period } = await test.setScenario(change);
    if (time_period !== null) return time_period;
  }
  return await test.initialize(start, warmup, start + days * 86_400);
}
