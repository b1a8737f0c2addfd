import { afterAll, beforeAll, expect, test } from "vitest";
import { colour } from "../../functions/emulator/colouring.ts";
import type { Model } from "../../functions/packages/model.ts";
import { column, concatSamples, type Samples } from "../../functions/simulation/samples.ts";
import { advanceFrom, ask, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

test("columns of a Jacobian are found together where no row has two of them", () => {
  const tridiagonal = Array.from({ length: 9 }, (_, i) => [i - 1, i, i + 1].filter((j) => j >= 0 && j < 9));
  const colouring = colour(tridiagonal);
  expect(colouring?.groups.flat().toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(colouring?.groups).toHaveLength(3);
  for (const group of colouring?.groups ?? []) {
    const rows = group.flatMap((each) => colouring?.rows[each] ?? []);
    expect(new Set(rows).size).toBe(rows.length);
  }
});

test("a Jacobian that is nearly full is left to the integrator", () => {
  expect(colour(Array.from({ length: 6 }, () => [0, 1, 2, 3, 4, 5]))).toBeNull();
});

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

/** Six hours of a Monday's morning. */
async function morning(dependencies: Model["dependencies"]): Promise<Samples> {
  const served = await fixture.serve("me");
  const model: Model = { ...served.model, dependencies: dependencies ?? null };
  const instance = fixture.instance();
  const parts: Samples[] = [];
  let { state } = await ask(instance, initializeAt({ ...served, model }, 5 * 3600));
  for (let i = 5; i < 11; i++) {
    const reply = await ask(instance, advanceFrom({ ...served, model }, state, hour(i)));
    state = reply.state;
    parts.push(reply.samples);
  }
  await instance.close();
  return concatSamples(parts);
}

test("a Jacobian in groups has the same bits as one column by column; a wrong structure costs no accuracy", async () => {
  const { model } = await fixture.serve("me");
  expect(colour(model.dependencies ?? [])?.groups).toHaveLength(3);
  const [dense, sparse] = [await morning(null), await morning(model.dependencies)];
  expect(sparse).toEqual(dense);
  // As if no state depended on another: Newton's method takes more iterations, and comes to the same.
  const wrong = await morning(model.dependencies?.map((_, i) => [i]));
  for (const point of ["TRooAirSou_y", "CO2RooAirNor_y"]) {
    const [expected, values] = [column(dense, point), column(wrong, point)];
    const errors = Array.from(expected, (value, i) => Math.abs((values[i] ?? Number.NaN) / value - 1));
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  }
});
