import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeSamples } from "../../functions/simulation/samples.ts";
import type { FmuName } from "../fmus/build.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

const INTERVALS = { from: 1, to: 3 };

/**
 * What becomes of a minute of a model that damages its memory then; afterwards, from the state before, another model goes on as if
 * nothing had been.
 */
async function damage(name: FmuName) {
  const instance = fixture.instance();
  const [bad, good] = [await fixture.serve(name), await fixture.serve("cs")];
  const begun = await ask(instance, initializeAt(bad, 0));
  const before = await ask(instance, advanceFrom(bad, begun.state, hour(0), { to: 1 }));
  const reply = await askInVain(instance, advanceFrom(bad, before.state, hour(0), { ...INTERVALS, limitMs: 5000 }));
  // The state is as it was: the interval before the damage comes out of it as of a good model.
  const again = await ask(instance, advanceFrom(bad, before.state, hour(0), { from: 1, to: 2 }));
  const neighbour = await ask(fixture.instance(), advanceFrom(good, before.state, hour(0), { from: 1, to: 2 }));
  expect(encodeSamples(again.samples)).toEqual(encodeSamples(neighbour.samples));
  await instance.close();
  return reply;
}

test.each(["corrupt", "overflow", "jump"] as const)("a model loses its memory's order: %s", async (name) => {
  // The C library, or the processor, ends it: which of them, and with which signal, is its own choice.
  expect(["crash", "timeout"]).toContain((await damage(name)).failure);
});

test("a model that writes right before a block is ended when it gives the block back, and it is said why", async () => {
  const reply = await damage("underrun");
  expect(reply).toMatchObject({ failure: "crash", message: "the model's process ended by SIGABRT" });
  expect(reply.log).toContain("the model wrote where it must not: its memory is damaged");
});

test("a model that writes over all of its memory, and on before it, is ended there", async () => {
  expect(await damage("sweep")).toMatchObject({
    failure: "crash",
    message: "the model's process ended by SIGSEGV",
  });
});
