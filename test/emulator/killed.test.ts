import { expect, test } from "vitest";
import type { EmulatorReply } from "../../functions/emulator/protocol.ts";
import { until } from "../support/cloud.ts";
import { withHandler } from "./support/handler.ts";
import { cpuMs, modelProcesses, stateOf } from "./support/processes.ts";
import { advanceFrom, EmulatorFixture, initializeAt } from "./support/service.ts";

/** Two days: long enough to be met while they are computed. */
const GRID = { start: 0, length: 2 * 86_400, intervals: 5760 };

/** What a reply says of the test. */
function outcomeOf(reply: EmulatorReply) {
  if (!reply.ok) throw new Error(`${reply.failure}: ${reply.message}`);
  return { state: reply.state, samples: reply.samples };
}

test("a process that is killed while it writes its image costs a step nothing but time: the test is where it was", async () => {
  const fixture = await EmulatorFixture.start();
  try {
    const served = await fixture.serve("bulky");
    const imaged = { ...served, model: { ...served.model, keeps: "image" as const } };
    await withHandler(async (call, emulator) => {
      const begun = outcomeOf(await call(initializeAt(imaged, 0)));
      const step = advanceFrom(imaged, begun.state, GRID, { limitMs: 60_000 });
      const [host] = modelProcesses(emulator.pid);
      const before = cpuMs(host);
      const answered = call(step);
      await until("the step to be computed", () => (cpuMs(host) > before + 100 ? true : undefined));
      // Nobody reads what the model's process writes. Its image is larger than what fits into a pipe: it waits in the middle.
      emulator.kill("SIGSTOP");
      await until("the image to be written in part", () => (stateOf(host) === "S" ? true : undefined), 60_000);
      process.kill(Number(host), "SIGKILL");
      emulator.kill("SIGCONT");
      const disturbed = await answered;
      expect(disturbed.log[0]).toBe("(the model's process ended by SIGKILL; this was computed anew in a new process)");
      // From the same state, in a process of its own, which nobody kills.
      const calm = await withHandler((other) => other(step));
      expect(outcomeOf(disturbed)).toEqual(outcomeOf(calm));
    });
  } finally {
    await fixture.stop();
  }
});
