import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeState, encodeState, kindOfState, type State } from "../../functions/emulator/state.ts";
import { encodeSamples } from "../../functions/simulation/samples.ts";
import type { FmuName } from "../fmus/build.ts";
import { modelProcesses } from "./support/processes.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt, type Served } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

const MB = 2 ** 20;
const INPUTS = { oveTSetSou_u: 295.15, oveTSetSou_activate: 1 };

/** A package whose model's memory is its state. */
async function imaged(name: FmuName): Promise<Served> {
  const served = await fixture.serve(name);
  return { ...served, model: { ...served.model, keeps: "image" } };
}

/** The first hours of one live process: replies and states, by hour. */
async function live(served: Served, hours: number) {
  const instance = fixture.instance();
  let { state } = await ask(instance, initializeAt(served, 0));
  const steps: { before: string; samples: Uint8Array; state: string }[] = [];
  for (let i = 0; i < hours; i++) {
    const reply = await ask(instance, advanceFrom(served, state, hour(i), { inputs: i % 2 === 0 ? {} : INPUTS }));
    steps.push({ before: state, samples: encodeSamples(reply.samples), state: reply.state });
    state = reply.state;
  }
  await instance.close();
  return steps;
}

/** Another form of a state: what it says is changed. */
function changed(served: Served, state: string, change: (image: State) => object): string {
  const decoded = decodeState(Buffer.from(state, "base64"), 100 * MB);
  const other = { ...decoded, ...change(decoded) } as typeof decoded;
  return Buffer.from(encodeState(other, served.model.inputs.length)).toString("base64");
}

/** An image's bytes, as if it had been taken from another base. */
function ofOtherMemory(image: State): Uint8Array {
  const bytes = image.kind === "image" ? Uint8Array.from(image.bytes) : new Uint8Array();
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes;
}

describe.each(["cs-replay", "me-replay"] as const)("an image of a model's memory: %s", (name) => {
  test("is its state in any process that was initialized at the same time, whatever that did since", async () => {
    const served = await imaged(name);
    const steps = await live(served, 4);
    const instance = fixture.instance();
    for (const i of [2, 0, 3, 1]) {
      const { before = "", samples, state } = steps[i] ?? {};
      const reply = await ask(instance, advanceFrom(served, before, hour(i), { inputs: i % 2 === 0 ? {} : INPUTS }));
      expect(reply.warm).toBe(false);
      expect(encodeSamples(reply.samples)).toEqual(samples);
      expect(reply.state).toBe(state);
    }
    expect(modelProcesses()).toHaveLength(1); // one process served all
    await instance.close();
  });
});

describe("an image", () => {
  test("that was taken beside other libraries, or at other addresses, is not used: the history is, and an image follows", async () => {
    const served = await imaged("cs-replay");
    const [, second] = await live(served, 2);
    const other = changed(served, second?.before ?? "", (image) => ({
      layout: "0123456789abcdef",
      bytes: ofOtherMemory(image),
    }));
    const instance = fixture.instance();
    const reply = await ask(instance, advanceFrom(served, other, hour(1), { inputs: INPUTS }));
    expect(encodeSamples(reply.samples)).toEqual(second?.samples);
    expect(reply.state).toBe(second?.state);
    await instance.close();
  });

  test("that is of another memory is refused, and what was done since is done again", async () => {
    const served = await imaged("cs-replay");
    const [, second] = await live(served, 2);
    const other = changed(served, second?.before ?? "", (image) => ({ bytes: ofOtherMemory(image) }));
    const instance = fixture.instance();
    const request = advanceFrom(served, other, hour(1), { inputs: INPUTS });
    expect(await askInVain(instance, request)).toMatchObject({
      failure: "model",
      restoring: true,
      message: "its memory after it was initialized is not what it was in another process",
    });
    const again = await ask(instance, { ...request, work: { ...request.work, replays: true } as typeof request.work });
    expect(encodeSamples(again.samples)).toEqual(second?.samples);
    expect(kindOfState(Buffer.from(again.state, "base64"))).toBe("replay");
    await instance.close();
  });

  test("costs a fresh process the steps of the one order, however old the test is: none is done again", async () => {
    const served = await imaged("tells");
    const grid = (index: number) => ({ ...hour(index), intervals: 6 });
    const instance = fixture.instance();
    let { state } = await ask(instance, initializeAt(served, 0));
    const states: string[] = [];
    for (let i = 0; i <= 500; i++) {
      states.push(state);
      ({ state } = await ask(instance, advanceFrom(served, state, grid(i))));
    }
    await instance.close();
    for (const i of [0, 10, 500]) {
      const fresh = fixture.instance();
      // All that this process has said, from its start on.
      const { log, warm } = await ask(fresh, advanceFrom(served, states[i] ?? "", grid(i)));
      expect(log.filter((line) => line.includes("a step"))).toHaveLength(6);
      expect(warm).toBe(false);
      await fresh.close();
    }
    // Beside its history, which says in one entry that nothing has changed, the state of a late hour is no longer.
    const [early = 0, late = 0] = [10, 500].map((i) => states[i]?.length);
    expect(late).toBeLessThan(1.1 * early);
  });

  test("is not taken of a model that starts a thread: its history is kept from then on", async () => {
    const served = await imaged("linger");
    const instance = fixture.instance();
    const begun = await ask(instance, initializeAt(served, 0));
    expect(kindOfState(Buffer.from(begun.state, "base64"))).toBe("image");
    const later = await ask(instance, advanceFrom(served, begun.state, hour(0)));
    expect(kindOfState(Buffer.from(later.state, "base64"))).toBe("replay");
    await instance.close();
  });
});
