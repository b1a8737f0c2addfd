import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeState, encodeState, kindOfState } from "../../functions/emulator/state.ts";
import type { Grid } from "../../functions/simulation/emulator.ts";
import { encodeSamples } from "../../functions/simulation/samples.ts";
import type { FmuName } from "../fmus/build.ts";
import { modelProcesses } from "./support/processes.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt, type Served } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

const DAYS: Grid = { start: 0, length: 9 * 86_400, intervals: 9 * 24 };
const NEXT: Grid = hour(9 * 24);
const INPUTS = { oveTSetSou_u: 295.15, oveTSetSou_activate: 1 };

/** A package whose model is taken to be good, as intake would find it within its first days. */
async function trusted(name: FmuName): Promise<Served> {
  const served = await fixture.serve(name);
  return { ...served, model: { ...served.model, keeps: "serialized" } };
}

/** Nine days of one live process, and what it computes in the hour after them. */
async function lived(served: Served) {
  const instance = fixture.instance();
  const begun = await ask(instance, initializeAt(served, 0));
  const { state } = await ask(instance, advanceFrom(served, begun.state, DAYS));
  const next = await ask(instance, advanceFrom(served, state, NEXT, { inputs: INPUTS }));
  expect(next.warm).toBe(true);
  await instance.close();
  return { state, next };
}

const replaying = (served: Served, state: string) => {
  const request = advanceFrom(served, state, NEXT, { inputs: INPUTS });
  return { ...request, work: { ...request.work, replays: true } } as const;
};

describe("a state that turns out to be of no use", () => {
  test.each(["crashes-later", "stalls"] as const)("is told from a step that fails: %s", async (name) => {
    const served = await trusted(name);
    const { state, next } = await lived(served);
    const instance = fixture.instance();
    const failed = await askInVain(instance, advanceFrom(served, state, NEXT, { inputs: INPUTS, limitMs: 6000 }));
    expect(failed).toMatchObject({ restoring: true, failure: name === "stalls" ? "timeout" : "crash" });
    // What was done with the model is done again, and is what is kept from then on.
    const replayed = await ask(instance, replaying(served, state));
    expect(encodeSamples(replayed.samples)).toEqual(encodeSamples(next.samples));
    expect(kindOfState(Buffer.from(replayed.state, "base64"))).toBe("replay");
    const elsewhere = fixture.instance();
    const grid = hour(9 * 24 + 1);
    const [warm, fresh] = [
      await ask(instance, advanceFrom(served, replayed.state, grid)),
      await ask(elsewhere, advanceFrom(served, replayed.state, grid)),
    ];
    expect([warm.warm, fresh.warm]).toEqual([true, false]);
    expect(encodeSamples(fresh.samples)).toEqual(encodeSamples(warm.samples));
    expect(fresh.state).toBe(warm.state);
    await Promise.all([instance.close(), elsewhere.close()]);
  });

  test("ends there if it is too long ago that it began", async () => {
    const served = await trusted("crashes-later");
    const { state } = await lived(served);
    const inputs = served.model.inputs.length;
    const decoded = decodeState(Buffer.from(state, "base64"), 1e6);
    if (decoded.kind !== "serialized") throw new Error(decoded.kind);
    const forgotten = Buffer.from(encodeState({ ...decoded, history: null }, inputs)).toString("base64");
    const failed = await askInVain(fixture.instance(), replaying(served, forgotten));
    expect(failed).toMatchObject({ failure: "state", message: expect.stringContaining("is not kept") });
  });
});

/** The process of a model that is started besides those that are known, right after it was started. */
async function processBeside(known: readonly string[]): Promise<number> {
  for (;;) {
    const pid = modelProcesses().find((each) => !known.includes(each));
    if (pid !== undefined) return Number(pid);
    await sleep(5);
  }
}

describe("a step that is computed both ways", () => {
  const checked = (served: Served, state: string, grid: Grid) => {
    const request = advanceFrom(served, state, grid, { inputs: INPUTS });
    return { ...request, work: { ...request.work, checks: true } } as const;
  };

  test("is as it was if both come to the same, and only a live process is checked", async () => {
    const served = await fixture.serve("me");
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(served, 0));
    const reply = await instance.carryOut(checked(served, state, hour(0)));
    expect(reply).toMatchObject({ ok: true, warm: true, checked: true });
    const plain = await fixture.instance().carryOut(checked(served, state, hour(0)));
    expect(plain).toMatchObject({ ok: true, warm: false });
    expect(plain).not.toHaveProperty("checked");
    expect(reply.ok && plain.ok && reply.samples === plain.samples && reply.state === plain.state).toBe(true);
  });

  test("shows a model that keeps something beside its state", async () => {
    const served = await trusted("forgets-later");
    const instance = fixture.instance();
    const begun = await ask(instance, initializeAt(served, 0));
    expect(await instance.carryOut(checked(served, begun.state, hour(0)))).toMatchObject({ ok: true, checked: true });
    const { state } = await ask(instance, advanceFrom(served, begun.state, DAYS));
    const failed = await askInVain(instance, checked(served, state, NEXT));
    expect(failed).toMatchObject({ failure: "state", message: expect.stringContaining("PFan_y is") });
    const { next } = await lived(served);
    expect(encodeSamples((await ask(instance, replaying(served, state))).samples)).toEqual(encodeSamples(next.samples));
  });

  test("goes on if somebody kills the second process, once", async () => {
    const served = await fixture.serve("me");
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(served, 0));
    const known = modelProcesses();
    // Long enough to be found on the way.
    const replied = instance.carryOut(checked(served, state, DAYS));
    process.kill(await processBeside(known), "SIGKILL");
    expect(await replied).toMatchObject({ ok: true, warm: true, checked: true });
  });

  test("tells nothing of the state if there is not enough time for the second process", async () => {
    const served = await trusted("stalls");
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(served, 0));
    const reply = await instance.carryOut({ ...checked(served, state, hour(0)), limitMs: 3000 });
    expect(reply).toMatchObject({ ok: true, warm: true });
    expect(reply).not.toHaveProperty("checked");
  });
});
