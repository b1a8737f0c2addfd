import { describe, expect, it } from "vitest";
import { selectedOf } from "../../../functions/lifecycle/create-and-stop/create.ts";
import { createRollout } from "../../../functions/lifecycle/rollouts/create-rollout.ts";
import { readRollout } from "../../../functions/lifecycle/rollouts/request.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { InvokeError } from "../../../functions/platform/lambda.ts";
import { answerTo, create, type WorkOptions } from "../model-test.ts";
import { FAILED, testcase1, usePackageTests } from "../package-tests.ts";

const HOUR = 3600;
const tests = usePackageTests();

const CANDIDATES = Array.from({ length: 16 }, (_, i) =>
  Array.from({ length: 4 }, (_, k) => (k % 3 === 0 ? { oveAct_u: 20 * i, oveAct_activate: 1 } : {})),
);

async function begun(testid: string, body: Record<string, unknown> = {}) {
  const read = readRollout({ candidates: CANDIDATES, step: HOUR, ...body });
  if (!read.ok) throw new Error(read.message);
  const created = await createRollout(tests.stack().fixture.redis, testid, read.params, Date.now());
  if (created.kind !== "created") throw new Error(created.kind);
  return created;
}

async function rolledOut(testid: string, body: Record<string, unknown> = {}, options: WorkOptions = {}) {
  const { rolloutid, requestid } = await begun(testid, body);
  while ((await tests.run(rolloutid, options)) === "suspended");
  return await answerTo(tests.stack(), rolloutid, requestid);
}

/** What the same built-in test case answers. */
async function expected(body: Record<string, unknown> = {}) {
  const { testid } = await create(tests.stack(), selectedOf(testcase1));
  await tests.run(testid);
  return await rolledOut(testid, body);
}

describe("candidates of a model that are computed together", () => {
  it("take one call of the emulator for all, and come to what the built-in test case says, bit for bit", async () => {
    tests.model.mostCandidates = Number.POSITIVE_INFINITY;
    const testid = await tests.started();
    const answer = await rolledOut(testid, { samples: true });
    expect(answer?.payload).toEqual((await expected({ samples: true }))?.payload);
    expect([tests.model.candidateRequests.length, tests.model.requests.length]).toEqual([1, 0]);
  });

  it("take another call for those that the first had no time for, in this invocation or the next ones", async () => {
    tests.model.mostCandidates = 5;
    const testid = await tests.started();
    const wanted = (await expected())?.payload;
    for (const computeMs of [60_000, 0]) {
      tests.model.candidateRequests.length = 0;
      expect((await rolledOut(testid, {}, { computeMs }))?.payload).toEqual(wanted);
      const asked = tests.model.candidateRequests.map(({ work }) => work.candidates.length);
      expect([asked, tests.model.requests.length]).toEqual([[16, 11, 6, 1], 0]);
    }
  });

  it("of which one fails among others: it is computed by itself, and nothing else is", async () => {
    tests.model.mostCandidates = Number.POSITIVE_INFINITY;
    tests.model.fails = (candidate) => candidate === 5;
    const testid = await tests.started();
    expect((await rolledOut(testid))?.payload).toEqual((await expected())?.payload);
    expect(tests.model.candidateRequests).toHaveLength(1);
    const inputs = tests.model.requests.flatMap(({ work }) => (work.kind === "advance" ? [work.inputs.oveAct_u] : []));
    expect(new Set(inputs)).toEqual(new Set([100]));
  });

  it("of which one fails by itself, too, is told as one that was computed alone", async () => {
    const answers: unknown[] = [];
    for (const most of [0, 16]) {
      tests.model.mostCandidates = most;
      tests.model.fails = (candidate) => candidate === 5;
      tests.model.instead = ({ work }) =>
        work.kind === "advance" && work.inputs.oveAct_u === 100 ? FAILED : undefined;
      const answer = await rolledOut(await tests.started());
      answers.push([answer?.status, answer?.message]);
      expect(answer?.message).toContain("candidate 6");
    }
    expect(answers[1]).toEqual(answers[0]);
  });

  it("are left alone for the rest of a rollout once nothing came of it", async () => {
    const testid = await tests.started();
    const body = { candidates: CANDIDATES.slice(0, 3) };
    expect((await rolledOut(testid, body, { computeMs: 0 }))?.payload).toEqual((await expected(body))?.payload);
    expect(tests.model.candidateRequests).toHaveLength(1);
  });

  it("wait for an emulator that cannot be asked, as steps do", async () => {
    tests.model.mostCandidates = 16;
    const testid = await tests.started();
    const { rolloutid, requestid } = await begun(testid);
    const busy = async () => {
      throw new InvokeError("throttled", "TooManyRequestsException", "busy");
    };
    expect(await tests.run(rolloutid, { invoke: busy })).toBe("suspended");
    expect(await tests.stack().fixture.redis.command(["HGET", keys.progress(rolloutid), "isOneByOne"])).toBe("false");
    expect(await tests.run(rolloutid)).toBe("done");
    expect((await answerTo(tests.stack(), rolloutid, requestid))?.payload).toEqual((await expected())?.payload);
  });

  it("are not asked for in steps of no time, which leave the model where it was", async () => {
    tests.model.mostCandidates = 16;
    const body = { step: 0, candidates: [[{ oveAct_u: 700, oveAct_activate: 1 }, {}]] };
    expect((await rolledOut(await tests.started(), body))?.payload).toEqual((await expected(body))?.payload);
    expect(tests.model.candidateRequests).toEqual([]);
  });
});
