import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { column, concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import type { FmuName } from "../fmus/build.ts";
import { ReferenceBuilding } from "../fmus/reference.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

/** From a Monday's early morning on, so that there is heating, the beginning of work, and sun. */
const [FIRST, HOURS] = [5, 6];
const CONTINUOUS = ["TRooAirSou_y", "TRooAirNor_y", "CO2RooAirSou_y", "CO2RooAirNor_y"];

let fixture: EmulatorFixture;
let expected: readonly Record<string, number>[];
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
  const reference = new ReferenceBuilding(3600 * FIRST);
  expected = Array.from({ length: HOURS }, (_, i) => reference.advance({}, hour(FIRST + i))).flat();
});
afterAll(() => fixture.stop());

async function simulate(name: FmuName): Promise<Samples> {
  const served = await fixture.serve(name);
  const instance = fixture.instance();
  let { state } = await ask(instance, initializeAt(served, 3600 * FIRST));
  const parts: Samples[] = [];
  for (let i = 0; i < HOURS; i++) {
    const reply = await ask(instance, advanceFrom(served, state, hour(FIRST + i)));
    ({ state } = reply);
    parts.push(reply.samples);
  }
  await instance.close();
  return concatSamples(parts);
}

describe("of Model Exchange, a model may", () => {
  test.each([
    ["refuse to be evaluated now and then: the integrator tries a shorter step", "me-discards"],
    ["refuse its event indicators now and then: a shorter step is tried", "me-blinks"],
    ["want an event after each step of the integrator", "me-steps"],
    ["change its nominal values at events: the tolerances follow", "me-nominals"],
  ] as const)("%s", async (_what, name) => {
    const samples = await simulate(name);
    for (const point of CONTINUOUS) {
      const values = column(samples, point);
      const errors = expected.map((sample, i) => Math.abs((values[i] ?? Number.NaN) / (sample[point] ?? 0) - 1));
      expect(Math.max(...errors)).toBeLessThan(1e-4);
    }
  });
});

describe("of Model Exchange, a model fails that", () => {
  test.each([
    ["me-blind", /^the event indicators are discarded right after [\d.]+ s$/],
    ["me-loops", /^an event at [\d.]+ s does not come to an end$/],
    ["me-zeno", /^there are events without end at [\d.]+ s$/],
  ] as const)("%s", async (name, message) => {
    const served = await fixture.serve(name);
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(served, 0));
    const reply = await askInVain(instance, advanceFrom(served, state, hour(0)));
    expect(reply.failure).toBe("model");
    expect(reply.message).toMatch(message);
  });
});

test.each([
  ["me-ends", 0, /^the model ended the simulation at [\d.]+ s, by itself$/],
  ["finish", 359_000, /^the model ended the simulation at 360000 s, by itself$/],
] as const)("a model may end the simulation: %s", async (name, start, message) => {
  const served = await fixture.serve(name);
  const instance = fixture.instance();
  const { state } = await ask(instance, initializeAt(served, start));
  const reply = await askInVain(instance, advanceFrom(served, state, { start, length: 3600, intervals: 6 }));
  expect(reply).toMatchObject({ failure: "ended", message: expect.stringMatching(message) });
});
