import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jacobianOf } from "../../functions/emulator/colouring.ts";
import type { Model } from "../../functions/packages/model.ts";
import { column, concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import type { FmuName } from "../fmus/build.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

const NO_DIRECTIONS = { directional: undefined } as const;
const MILLION = 1_000_000;

/** Six hours of a Monday's morning, and how often the model was asked for what. */
async function morning(name: FmuName, change: Partial<Record<keyof Model, unknown>> = {}) {
  const served = await fixture.serve(name);
  const model = { ...served.model, ...change } as Model;
  const instance = fixture.instance();
  const parts: Samples[] = [];
  let { state } = await ask(instance, initializeAt({ ...served, model }, 5 * 3600));
  for (let i = 5; i < 11; i++) {
    const reply = await ask(instance, advanceFrom({ ...served, model }, state, hour(i)));
    state = reply.state;
    parts.push(reply.samples);
  }
  await instance.close();
  const samples = concatSamples(parts);
  const told = column(samples, "tSwi_y").at(-1) ?? Number.NaN;
  return { samples, evaluations: told % MILLION, directions: Math.floor(told / MILLION) };
}

/** How far values differ at most, relative to what is expected. */
function difference(expected: Samples, found: Samples, point: string): number {
  const values = column(found, point);
  return Math.max(
    ...Array.from(column(expected, point), (value, i) => Math.abs((values[i] ?? Number.NaN) / value - 1)),
  );
}

describe.each(["me-directional", "me-3-directional"] as const)("a model's directional derivatives: %s", (name) => {
  test("are its Jacobian: one call takes the place of one evaluation, and the results are the same within the tolerance", async () => {
    const [own, quotients] = [await morning(name), await morning(name, NO_DIRECTIONS)];
    expect([quotients.evaluations, quotients.directions]).toEqual([667, 0]);
    // 25 Jacobians of three groups of columns each; all else as before.
    expect([own.evaluations, own.directions]).toEqual([667 - 75, 75]);
    for (const point of ["TRooAirSou_y", "TRooAirNor_y", "CO2RooAirSou_y"]) {
      expect(difference(quotients.samples, own.samples, point)).toBeLessThan(1e-7);
    }
    expect(column(own.samples, "nSwi_y")).toEqual(column(quotients.samples, "nSwi_y"));
  });

  test("are asked for column by column where the structure is not told, with the same bits", async () => {
    const [grouped, single] = [await morning(name), await morning(name, { dependencies: null })];
    expect([single.evaluations, single.directions]).toEqual([grouped.evaluations, 2 * grouped.directions]);
    for (const point of ["TRooAirSou_y", "CO2RooAirNor_y"]) {
      expect(column(single.samples, point)).toEqual(column(grouped.samples, point));
    }
  });
});

test("where a model discards them, difference quotients take their place, with the bits that these have", async () => {
  const [discarding, quotients] = [await morning("me-undirected"), await morning("me-directional", NO_DIRECTIONS)];
  expect(discarding).toEqual(quotients);
});

test("a model whose directional derivative fails is ended, and the message names the call", async () => {
  const served = await fixture.serve("me-misdirected");
  const instance = fixture.instance();
  const begun = await ask(instance, initializeAt(served, 0));
  const reply = await askInVain(instance, advanceFrom(served, begun.state, hour(0)));
  expect(reply).toMatchObject({
    failure: "model",
    message: expect.stringContaining("fmi2GetDirectionalDerivative returned fmi2Error"),
  });
  expect(reply.log).toContain("fmi2Error [logStatusError]: it lost its direction");
  await instance.close();
});

test("a Jacobian has groups, is left to the integrator, or is asked for column by column", () => {
  const directional = { states: [0, 1, 2], derivatives: [10, 11, 12] };
  const of = (change: Partial<Model>) =>
    jacobianOf({ kind: "ModelExchange", states: 3, dependencies: null, ...change } as Model).groups;
  const chain = [[0], [1], [2]];
  expect(of({ dependencies: chain })).toEqual([[0, 1, 2]]);
  expect(of({})).toEqual([]);
  expect(of({ directional })).toEqual([[0], [1], [2]]);
  expect(of({ directional, dependencies: chain })).toEqual([[0, 1, 2]]);
  expect(of({ directional, kind: "CoSimulation" })).toEqual([]);
  expect(of({ directional, states: 1001 })).toEqual([]);
});
