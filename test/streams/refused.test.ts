import { describe, expect, it } from "vitest";
import { keys } from "../../functions/platform/keys.ts";
import { drain, drainInline, type Execute } from "../../functions/streams/drain.ts";
import { ringForgotten } from "../../functions/streams/forgotten.ts";
import { lookup } from "../../functions/streams/wait.ts";
import {
  field,
  fixture,
  LEASE_MS,
  marked,
  mustPut,
  mustTake,
  testid,
  useProtocolTest,
} from "../support/protocol-test.ts";

/** What Redis refuses for what it is, it refuses the next time: nobody is to try for ever. */

useProtocolTest();

const HUGE = "x".repeat(11_000_000);
const OPTIONS = { leaseMs: LEASE_MS, computeMs: 5000, idleMs: 86_400_000, fieldNames: ["user"] };
const redis = () => fixture.redis;
const answerOf = async (requestid: string) => {
  const found = await lookup(redis(), testid, requestid);
  return found.kind === "answered" ? { ...found.answer, body: JSON.parse(found.answer.body) } : found.kind;
};
const GIVEN_UP = {
  status: 500,
  body: {
    status: 500,
    message:
      "The request advance was given up: the service's storage refused what it came to. The test is as it was before.",
    payload: null,
  },
};

let rung: string[];
const queue = {
  send: async (body: string) => {
    rung.push(body);
  },
  sendBatch: async (bodies: readonly string[]) => {
    rung.push(...bodies);
    return bodies.length;
  },
};
const run = (execute: Execute) => {
  rung = [];
  return drain(redis(), queue, testid, execute, OPTIONS);
};
const answered: Execute = async () => ({ kind: "answer", answer: { status: 200, body: '"fine"' } });

describe("a request is given up, with an answer, and the next is begun", () => {
  it.each<[string, Execute]>([
    [
      "what it changes is refused",
      async () => ({
        kind: "answer",
        answer: { status: 200, body: "{}" },
        changes: { chunk: HUGE, fields: { state: "s1" } },
      }),
    ],
    ["its progress is refused", async () => ({ kind: "suspend", progress: { run: HUGE } })],
    ["what it reads is refused", async () => ({ kind: "answer", answer: await refused() })],
  ])("when %s", async (_what, execute) => {
    const [first, next] = [await mustPut("advance"), await mustPut("set_step")];
    let computed = 0;
    const both: Execute = (work, pace) => {
      computed++;
      return work.request.id === first ? execute(work, pace) : answered(work, pace);
    };
    expect(await run(both)).toBe("done");
    expect(await answerOf(first)).toEqual(GIVEN_UP);
    expect(await answerOf(next)).toEqual({ status: 200, body: "fine" });
    expect(computed).toBe(2);
    expect(await field("state")).toBe("s0");
    expect(await marked()).toBe(false);
    expect(rung).toEqual([]);
  });

  it("by the api, which carried it out, as by a worker", async () => {
    const requestid = await mustPut("advance");
    const work = await mustTake("api");
    const large: Execute = async () => ({ kind: "answer", answer: { status: 200, body: HUGE } });
    expect(await drainInline(redis(), queue, work, large, OPTIONS)).toMatchObject({ status: 500 });
    expect(await answerOf(requestid)).toEqual(GIVEN_UP);
  });
});

async function refused(): Promise<never> {
  await redis().command(["RPUSH", keys.test(testid), "1"]);
  throw new Error("it should have been refused");
}

describe("nobody is called again and again to a test", () => {
  it.each([
    ["whose requests cannot be read", keys.request],
    ["whose requests cannot be answered", keys.response],
  ])("%s", async (_what, key) => {
    await mustPut("advance");
    await redis().command(["SET", key(testid), "no stream"]);
    let computed = 0;
    const execute: Execute = (work, pace) => {
      computed++;
      return answered(work, pace);
    };
    expect(await run(execute)).toBe("refused");
    expect(computed).toBeLessThanOrEqual(1);
    expect(rung).toEqual([]);
    expect(await redis().command(["EXISTS", keys.lease(testid)])).toBe(0);
    // It is not forgotten either.
    const ours = JSON.stringify({ testid });
    await ringForgotten(redis(), queue, Date.now() + 1_800_000, 30_000);
    expect(rung).not.toContain(ours);
    await ringForgotten(redis(), queue, Date.now() + 3_700_000, 30_000);
    expect(rung).toContain(ours);
  });
});
