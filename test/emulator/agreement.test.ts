import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InputValues } from "../../functions/simulation/emulator.ts";
import { column, concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import type { FmuName } from "../fmus/build.ts";
import { ReferenceBuilding } from "../fmus/reference.ts";
import { advanceFrom, ask, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

/** Two winter days by the hour, with set-points and heaters overwritten in the second. */
const HOURS = 48;
function inputsOf(index: number): InputValues {
  if (index < 24) return {};
  if (index % 3 === 0) return { oveTSetSou_u: 295.15, oveTSetSou_activate: 1 };
  if (index % 3 === 1) return { oveHeaNor_u: 0.4, oveHeaNor_activate: 1 };
  return {};
}

const NAMES = [
  ...["oveTSetSou_u", "oveTSetNor_u", "oveHeaSou_u", "oveHeaNor_u"],
  ...["TRooAirSou_y", "TRooAirNor_y", "PHeaSou_y", "PHeaNor_y", "CO2RooAirSou_y", "CO2RooAirNor_y"],
  ...["PFan_y", "TOut_y", "nSwi_y"],
];

let fixture: EmulatorFixture;
const reference = new ReferenceBuilding(0);
let expected: readonly Record<string, number>[];
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
  expected = Array.from({ length: HOURS }, (_, i) => reference.advance(inputsOf(i), hour(i))).flat();
});
afterAll(() => fixture.stop());

async function simulate(name: FmuName, tolerance?: number): Promise<Samples> {
  const built = await fixture.serve(name);
  const served = tolerance === undefined ? built : { ...built, model: { ...built.model, tolerance } };
  const instance = fixture.instance();
  let { state } = await ask(instance, initializeAt(served, 0));
  const parts: Samples[] = [];
  for (let index = 0; index < HOURS; index++) {
    const reply = await ask(instance, advanceFrom(served, state, hour(index), { inputs: inputsOf(index) }));
    ({ state } = reply);
    parts.push(reply.samples);
  }
  await instance.close();
  return concatSamples(parts);
}

/** Whether no thermostat switches within a second of a sample: else one may see it before and another after. */
function isClear(time: number): boolean {
  return reference.switchings.every((each) => Math.abs(each.time - time) > 1);
}

test("the building has events of all kinds in these two days", () => {
  expect(reference.switchings.length).toBeGreaterThan(60);
  expect(new Set(expected.map((sample) => sample.PFan_y))).toEqual(new Set([30, 300]));
});

describe.each([
  // The FMU's own solver is more exact than asked for.
  ["cs", undefined, 0.001],
  // 1e-7 of 290 K, where a room gains 5e-5 K/s or less when it is about to be warm enough, is some 0.6 s for each step of CVODE.
  ["me", undefined, 2],
  ["me", 1e-10, 0.01],
] as const)("%s with tolerance %s and the same equations in TypeScript", (name, tolerance, eventSeconds) => {
  let samples: Samples;
  beforeAll(async () => {
    samples = await simulate(name, tolerance);
  });

  test.each(NAMES)("agree to 1e-4 relative: %s", (point) => {
    const values = column(samples, point);
    let worst = 0;
    for (const [i, sample] of expected.entries()) {
      const [time = Number.NaN, wanted = Number.NaN] = [sample.time, sample[point]];
      expect(column(samples, "time")[i]).toBe(time);
      if (!isClear(time)) continue;
      worst = Math.max(worst, Math.abs((values[i] ?? Number.NaN) - wanted) / Math.max(1, Math.abs(wanted)));
    }
    expect(worst).toBeLessThan(1e-4);
  });

  test("switch at the same times, to the solver's tolerance", () => {
    const times = column(samples, "tSwi_y");
    let worst = 0;
    for (const [i, sample] of expected.entries()) {
      if (isClear(sample.time ?? 0)) worst = Math.max(worst, Math.abs((times[i] ?? 0) - (sample.tSwi_y ?? 0)));
    }
    expect(worst).toBeLessThan(eventSeconds);
  });
});

test("what is replayed is what was simulated", async () => {
  const [serialized, replayed] = [await simulate("me"), await simulate("me-replay")];
  for (const point of NAMES) expect(column(replayed, point)).toEqual(column(serialized, point));
});
