import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeState } from "../../functions/emulator/state.ts";
import type { InputValues } from "../../functions/simulation/emulator.ts";
import { concatSamples, encodeSamples, type Samples } from "../../functions/simulation/samples.ts";
import type { FmuName } from "../fmus/build.ts";
import { advanceFrom, ask, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

/** A morning with set-points and a heater overwritten now and then. */
const START = 5 * 3600;
const STEPS: readonly InputValues[] = [
  {},
  { oveTSetSou_u: 296.15, oveTSetSou_activate: 1 },
  { oveTSetSou_u: 296.15, oveTSetSou_activate: 1, oveHeaNor_u: 0.37, oveHeaNor_activate: 1 },
  { oveHeaNor_u: 0.37, oveHeaNor_activate: 1 },
  {},
];

interface Course {
  readonly states: readonly string[];
  readonly samples: Samples;
  readonly warm: readonly boolean[];
}

/** The steps, each cut at these intervals, in one instance or each call in one of its own. */
async function run(name: FmuName, cuts: readonly number[], isFresh: boolean, steps = STEPS): Promise<Course> {
  const served = await fixture.serve(name);
  const kept = fixture.instance();
  const call = async (request: Parameters<typeof ask>[1]) => {
    if (!isFresh) return await ask(kept, request);
    const own = fixture.instance();
    const reply = await ask(own, request);
    await own.close();
    return reply;
  };
  const begun = await call(initializeAt(served, START));
  const [states, samples, warm] = [[begun.state], [begun.samples], [] as boolean[]];
  for (const [i, inputs] of steps.entries()) {
    const grid = hour(5 + i);
    const edges = [0, ...cuts, grid.intervals];
    for (const [k, from] of edges.slice(0, -1).entries()) {
      const reply = await call(advanceFrom(served, states.at(-1) ?? "", grid, { from, to: edges[k + 1] ?? 0, inputs }));
      if (k > 0) states.pop();
      states.push(reply.state);
      samples.push(reply.samples);
      warm.push(reply.warm);
    }
  }
  await kept.close();
  return { states, samples: concatSamples(samples), warm };
}

test("what is captured where inputs change does not have them yet: they are put into force once, also by who is restored", async () => {
  const served = await fixture.serve("me");
  const instance = fixture.instance();
  const begun = await ask(instance, initializeAt(served, START));
  const first = await ask(instance, advanceFrom(served, begun.state, hour(5)));
  const captured = await Promise.all(
    STEPS.slice(0, 2).map(async (inputs) => {
      const { state } = await ask(instance, advanceFrom(served, first.state, hour(6), { to: 7, inputs }));
      return decodeState(Buffer.from(state, "base64"), 1e6);
    }),
  );
  expect(captured[0]).toMatchObject({ kind: "serialized", course: { from: 0, to: 7 } });
  expect(captured[1]).toMatchObject({ bytes: captured[0]?.kind === "serialized" && captured[0].bytes });
});

const ALL = ["cs", "cs-replay", "me", "me-replay"] as const;

describe("bit for bit", () => {
  // With tolerances that change on the way, steps that are tried again, and outputs that depend on when they were read, too.
  test.each([...ALL, "me-nominals", "me-blinks", "iterates"] as const)(
    "a test that stays warm is one of fresh processes: %s",
    async (name) => {
      const warm = await run(name, [], false);
      const fresh = await run(name, [], true);
      expect(warm.warm).toEqual([true, true, true, true, true]);
      expect(fresh.warm).toEqual([false, false, false, false, false]);
      expect(encodeSamples(fresh.samples)).toEqual(encodeSamples(warm.samples));
      expect(fresh.states).toEqual(warm.states);
    },
  );

  test.each([...ALL, "iterates"] as const)("cutting a step changes nothing, warm or fresh: %s", async (name) => {
    const cuts = [7, 60, 61];
    const steps = STEPS.slice(1, 3);
    const whole = await run(name, [], false, steps);
    const cut = await run(name, cuts, false, steps);
    const cutFresh = await run(name, cuts, true, steps);
    expect(cut.warm).not.toContain(false);
    expect(encodeSamples(cut.samples)).toEqual(encodeSamples(whole.samples));
    expect(encodeSamples(cutFresh.samples)).toEqual(encodeSamples(whole.samples));
    expect(cut.states).toEqual(whole.states);
    expect(cutFresh.states).toEqual(whole.states);
  });
});
