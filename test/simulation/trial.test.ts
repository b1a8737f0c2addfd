import { describe, expect, it } from "vitest";
import { readInputs } from "../../functions/simulation/inputs.ts";
import { readKpis } from "../../functions/simulation/kpis/kpis.ts";
import { concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import { readSteps } from "../../functions/simulation/steps.ts";
import type { TestCase } from "../../functions/simulation/testcase.ts";
import { Trial, type TrialPlan, type TrialState } from "../../functions/simulation/trial.ts";
import { advance, builtIn, columnOf, type Finished, initialize } from "./support.ts";

const testcase1 = builtIn("testcase1");
const ALL = ["oveAct_u", "oveAct_activate", "TRooAir_y", "PHeaCoo_y", "CO2RooAir_y"];
const BODIES = [{ oveAct_u: 700, oveAct_activate: 1 }, {}, { oveAct_u: -300 }, { oveAct_activate: 0 }, { oveAct_u: 5 }];

/** A test some hours after its start. */
const begun = async (endTime: number | null = null): Promise<Finished> => {
  const { snapshot } = await initialize(testcase1, 0, 0, endTime);
  return await advance(testcase1, snapshot, 20_000);
};

function planOf(from: Finished, overrides: Partial<TrialPlan> = {}): TrialPlan {
  const read = readSteps(testcase1, from.snapshot.inputs, BODIES);
  if (!read.ok) throw new Error(read.message);
  return { inputs: read.inputs, stepSeconds: 4000, points: ALL, samples: true, ...overrides };
}

async function complete(trial: Trial, maxIntervals = 1e9): Promise<Trial> {
  while (!trial.isDone) await trial.continue(maxIntervals);
  return trial;
}

/** The same steps taken one by one, each as `advance` takes it. */
async function oneByOne(testcase: TestCase, from: Finished, stepSeconds: number) {
  let { snapshot } = from;
  const values: object[] = [];
  const samples: Samples[] = [];
  for (const body of BODIES) {
    const read = readInputs(testcase, snapshot.inputs, body);
    if (!read.ok) throw new Error(read.message);
    const step = await advance(testcase, snapshot, stepSeconds, read.inputs);
    snapshot = step.snapshot;
    values.push(step.points);
    samples.push(step.samples);
  }
  return { snapshot, values, samples: concatSamples(samples) };
}

describe("a trial", () => {
  it("comes out as the same steps taken one by one: values, samples and total KPIs, bit for bit", async () => {
    const from = await begun();
    const expected = await oneByOne(testcase1, from, 4000);
    const outcome = (await complete(Trial.begin(testcase1, planOf(from), from))).outcome("dynamic");
    expect(outcome.values).toEqual(expected.values);
    expect(outcome.samples).toEqual(expected.samples);
    expect(outcome.kpis.total).toEqual(readKpis(testcase1, expected.snapshot.kpis, "dynamic"));
  });

  it("comes out the same however it is cut, and in another process", async () => {
    const from = await begun();
    const plan = planOf(from);
    const expected = (await complete(Trial.begin(testcase1, plan, from))).outcome("constant");
    let trial = Trial.begin(testcase1, plan, from);
    while (!trial.isDone) {
      await trial.continue(7);
      trial = Trial.resume(testcase1, plan, JSON.parse(JSON.stringify(trial.state())) as TrialState);
    }
    expect(trial.outcome("constant")).toEqual(expected);
  });

  it("changes nothing of where it begins", async () => {
    const from = await begun();
    const before = JSON.stringify(from.snapshot);
    await complete(Trial.begin(testcase1, planOf(from), from));
    expect(JSON.stringify(from.snapshot)).toBe(before);
  });

  it("counts its own KPIs from the current values on, by their definitions", async () => {
    const from = await begun();
    const { samples, kpis } = (await complete(Trial.begin(testcase1, planOf(from), from))).outcome("constant");
    if (samples === undefined) throw new Error("no samples");
    const all = (name: string) => [from.points[name] ?? Number.NaN, ...columnOf(samples, name)];
    const [time, power, temperature] = [all("time"), all("PHeaCoo_y"), all("TRooAir_y")];
    const integral = (rate: readonly number[]) =>
      time.slice(1).reduce((sum, t, i) => {
        const [a = Number.NaN, b = Number.NaN] = [rate[i], rate[i + 1]];
        return sum + ((a + b) / 2) * (t - (time[i] ?? Number.NaN));
      }, 0);
    const discomfort = temperature.map((t) => Math.max(0, t - 296.15) + Math.max(0, 293.15 - t));
    const { rollout } = kpis;
    expect(rollout.ener_tot).toBeCloseTo((integral(power) * 2.77778e-7) / 10, 12);
    expect(rollout.cost_tot).toBeCloseTo((integral(power) * 2.77778e-7 * 0.07) / 10, 12);
    expect(rollout.emis_tot).toBeCloseTo((integral(power) * 2.77778e-7 * 0.2) / 10, 12);
    expect(rollout.tdis_tot).toBeCloseTo(integral(discomfort) / 3600, 10);
    const bins = Map.groupBy(power.entries(), ([i]) => Math.floor(((time[i] ?? 0) - 20_000) / 900));
    const means = [...bins.values()].map((bin) => bin.reduce((sum, [, p]) => sum + p, 0) / bin.length);
    expect(rollout.pgas_tot).toBeCloseTo(Math.max(...means) / 1000 / 10, 12);
    expect(rollout.pele_tot).toBeNull();
  });

  it("adds up: what was before and the trial alone are the total", async () => {
    const from = await begun();
    const { kpis } = (await complete(Trial.begin(testcase1, planOf(from), from))).outcome("constant");
    const before = readKpis(testcase1, from.snapshot.kpis, "constant");
    for (const name of ["ener_tot", "cost_tot", "emis_tot", "tdis_tot", "idis_tot"] as const) {
      expect((before[name] ?? Number.NaN) + (kpis.rollout[name] ?? Number.NaN)).toBeCloseTo(kpis.total[name] ?? 0, 10);
    }
  });

  it("ends where the scenario does, with a step that is cut short", async () => {
    const from = await begun(20_000 + 2 * 4000 + 1000);
    const trial = await complete(Trial.begin(testcase1, planOf(from), from));
    expect(trial.outcome("constant").values.map(({ time }) => time)).toEqual([24_000, 28_000, 29_000]);
    const ended = await begun(20_000);
    const none = Trial.begin(testcase1, planOf(ended), ended);
    expect(none.isDone).toBe(true);
    expect(none.outcome("constant").values).toEqual([]);
  });

  it("tells the points that are wanted, in values and samples alike, and no samples if none are", async () => {
    const from = await begun();
    const few = planOf(from, { points: ["TRooAir_y"] });
    const outcome = (await complete(Trial.begin(testcase1, few, from))).outcome("constant");
    expect(outcome.values.map(Object.keys)).toEqual(BODIES.map(() => ["time", "TRooAir_y"]));
    expect(outcome.samples?.names).toEqual(["time", "TRooAir_y"]);
    const without = planOf(from, { samples: false });
    expect((await complete(Trial.begin(testcase1, without, from))).outcome("constant").samples).toBeUndefined();
  });

  it("of steps of no length shows their immediate effect, and takes no time", async () => {
    const from = await begun();
    const outcome = (await complete(Trial.begin(testcase1, planOf(from, { stepSeconds: 0 }), from))).outcome(
      "constant",
    );
    expect(outcome.values.map(({ time, oveAct_u }) => [time, oveAct_u])).toEqual([
      [20_000, 700],
      [20_000, 700],
      [20_000, -300],
      [20_000, from.points.oveAct_u],
      [20_000, from.points.oveAct_u],
    ]);
    expect(outcome.kpis.total).toEqual(readKpis(testcase1, from.snapshot.kpis, "constant"));
  });
});

describe("inputs of several steps", () => {
  const held = { oveAct_u: 11, oveAct_activate: 1 };

  it("are held from step to step", () => {
    expect(readSteps(testcase1, held, [{}, { oveAct_u: "7" }, { oveAct_activate: false }, { oveAct_u: null }])).toEqual(
      {
        ok: true,
        warnings: [],
        inputs: [
          { oveAct_u: 11, oveAct_activate: 1 },
          { oveAct_u: 7, oveAct_activate: 1 },
          { oveAct_u: 7, oveAct_activate: 0 },
          { oveAct_u: 7, oveAct_activate: 0 },
        ],
      },
    );
  });

  it("are clipped with a warning that says in which step, and refused from the first bad one on", () => {
    const read = readSteps(testcase1, held, [{}, { oveAct_u: 20_000 }, { oveAct_u: "x" }, { nothing: 1 }]);
    expect(read).toMatchObject({ ok: false, step: 2, message: expect.stringContaining("oveAct_u") });
    const clipped = readSteps(testcase1, held, [{}, { oveAct_u: 20_000 }]);
    expect(clipped).toMatchObject({ ok: true, warnings: [{ step: 1, message: expect.stringContaining("10000") }] });
  });
});
