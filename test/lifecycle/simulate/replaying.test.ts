import { expect, it } from "vitest";
import type { EmulatorReply } from "../../../functions/emulator/protocol.ts";
import { FakeFunction } from "../../support/fake-model.ts";
import { answerTo, ask } from "../model-test.ts";
import { FAILED, testcase1, usePackageTests } from "../package-tests.ts";

const tests = usePackageTests();

/** What the emulator function says while a history is simulated again. */
const replaying = (doneSeconds: number, hasBegun: boolean): EmulatorReply => ({
  ok: false,
  failure: "replaying",
  message: "what was simulated is being simulated again",
  log: [],
  replayed: { doneSeconds, ofSeconds: 61_200, hasBegun },
});

it("a history that is simulated again goes on over as many invocations as it takes, and the step is taken then", async () => {
  tests.model = new FakeFunction(testcase1, 0);
  const testid = await tests.started();
  let calls = 0;
  tests.model.instead = () => (calls++ < 40 ? replaying(1000 * calls, calls === 1) : undefined);
  const requestid = await ask(tests.stack(), testid, "advance");
  // Ten minutes of waiting for a model that cannot be asked are no limit of it.
  for (let i = 0; i < 40; i++) expect(await tests.run(testid, { aheadMs: 120_000 * i })).toBe("suspended");
  expect(await answerTo(tests.stack(), testid, requestid)).toBeUndefined();
  expect(await tests.run(testid)).toBe("done");
  expect(await answerTo(tests.stack(), testid, requestid)).toMatchObject({ status: 200 });
  expect(calls).toBe(41);
});

it("one whose process is lost again and again is given up, and the answer names the limit", async () => {
  tests.model = new FakeFunction(testcase1, 0);
  const testid = await tests.started();
  const before = await tests.outcome(testid);
  const reached = [9000, 36_000, 18_000, 27_000, 5000, 1000];
  tests.model.instead = () => replaying(reached.shift() ?? 0, true);
  const requestid = await ask(tests.stack(), testid, "advance");
  for (let i = 0; i < 5; i++) expect(await tests.run(testid)).toBe("suspended");
  expect(await tests.run(testid)).toBe("done");
  const answer = await answerTo(tests.stack(), testid, requestid);
  expect(answer?.status).toBe(500);
  expect(answer?.message).toBe(
    "The model cannot save its state: when its process is lost, all of the 61200 s that the test has simulated is simulated again. The process was lost 5 times on the way, which is the limit; it came to 36000 s. The test is as it was before. Send the command again to go on with it, or initialize the test and simulate less.",
  );
  expect(await tests.outcome(testid)).toEqual(before);
  tests.model.instead = undefined;
  expect(await tests.advanced(testid)).toMatchObject({ status: 200 });
});

it("a model that cannot be put to its state is not put to it again in each invocation, while its history is simulated again", async () => {
  tests.model = new FakeFunction(testcase1, 0);
  const testid = await tests.started();
  const asked: (boolean | undefined)[] = [];
  tests.model.instead = ({ work }) => {
    if (work.kind !== "advance") return undefined;
    asked.push(work.replays);
    if (work.replays !== true) return { ...FAILED, restoring: true };
    return asked.length < 6 ? replaying(1000 * asked.length, asked.length === 3) : undefined;
  };
  const requestid = await ask(tests.stack(), testid, "advance");
  for (let i = 0; i < 3; i++) expect(await tests.run(testid)).toBe("suspended");
  expect(await tests.run(testid)).toBe("done");
  expect(await answerTo(tests.stack(), testid, requestid)).toMatchObject({ status: 200 });
  expect(asked).toEqual([undefined, undefined, true, true, true, true]);
});
