import { beforeAll, describe, expect, it } from "vitest";
import {
  candidateBytes,
  MAX_ANSWER_BYTES,
  refuseAnswer,
  refuseSimulated,
} from "../../../functions/lifecycle/commands/limits.ts";
import { Warnings } from "../../../functions/lifecycle/commands/step-bodies.ts";
import { prepareRollout, type Rollout, rollOut } from "../../../functions/lifecycle/rollouts/compute.ts";
import { readRollout } from "../../../functions/lifecycle/rollouts/request.ts";
import { FRESH_SCENARIO } from "../../../functions/simulation/scenario.ts";
import { advance, builtIn, initialize } from "../../simulation/support.ts";

const testcase1 = builtIn("testcase1");
const PLAN = [{ oveAct_u: 700, oveAct_activate: 1 }, {}, { oveAct_u: -300 }];
const never = async () => false;

let test: Record<string, string>;
beforeAll(async () => {
  const { snapshot, points } = await advance(testcase1, (await initialize(testcase1)).snapshot, 7200);
  test = {
    state: JSON.stringify(snapshot),
    points: JSON.stringify(points),
    step: "3600",
    scenario: JSON.stringify(FRESH_SCENARIO),
  };
});

function prepared(body: Record<string, unknown>): Rollout {
  const read = readRollout(body);
  if (!read.ok) throw new Error(read.message);
  const { ok, ...rest } = prepareRollout(testcase1, test, read.params);
  if (!ok || !("rollout" in rest)) throw new Error("refused");
  return rest.rollout;
}

async function answered(rollout: Rollout): Promise<{ status: number; body: string }> {
  const rolledOut = await rollOut(rollout, never);
  if (rolledOut.kind !== "answer") throw new Error("suspended");
  return rolledOut.answer;
}

describe("a rollout", () => {
  it("that is suspended wherever it can be comes out the same, and its saved parts are written once each", async () => {
    const body = { candidates: [PLAN, PLAN.slice(1), [{}]], samples: true };
    const expected = await answered(prepared(body));
    let progress: Record<string, string> = {};
    const written: string[] = [];
    for (;;) {
      const rolledOut = await rollOut(prepared(body), async () => true, progress);
      if (rolledOut.kind === "answer") {
        expect(rolledOut.answer).toEqual(expected);
        break;
      }
      written.push(...Object.keys(rolledOut.progress).filter((name) => name.startsWith("outcome:")));
      progress = { ...progress, ...rolledOut.progress };
    }
    expect(written).toEqual(["outcome:0", "outcome:1"]);
  });

  it("that has taken five minutes is given up, and says how far it came: a part is never passed off as the whole", async () => {
    const body = { candidates: [PLAN, PLAN, PLAN] };
    const progress = { done: "2", "outcome:0": "{}", "outcome:1": "{}", spentMs: "299999.99" };
    const rolledOut = await rollOut(prepared(body), async () => true, progress);
    if (rolledOut.kind !== "answer") throw new Error("suspended");
    expect(rolledOut.answer.status).toBe(413);
    expect(JSON.parse(rolledOut.answer.body)).toEqual({
      status: 413,
      payload: null,
      message:
        "The rollout was given up after 300 s of computing, which is all that one may take: 2 of its 3 candidates would fit.",
    });
  });

  it("estimates its work by the emulator's cost and the number of its steps", () => {
    const work = (body: Record<string, unknown>) => prepared(body).plan.estimatedMs;
    // 4.5e-5 ms a second and 0.03 ms a step.
    expect(work({ inputs: [{}], step: 0 })).toBeCloseTo(0.03, 12);
    expect(work({ candidates: Array(64).fill(Array(24).fill({})) })).toBeCloseTo(64 * 24 * (0.03 + 3600 * 4.5e-5), 9);
  });

  it("is never larger than was estimated", async () => {
    const body = { inputs: Array.from({ length: 30 }, (_, k) => ({ oveAct_u: k / 7, oveAct_activate: 1 })) };
    for (const samples of [false, true]) {
      const rollout = prepared({ ...body, samples, step: 1234.5 });
      const { points } = rollout.plan;
      const size = (await answered(rollout)).body.length;
      const estimate = candidateBytes(points, 30, 1234.5, samples);
      expect(size).toBeLessThanOrEqual(estimate);
      expect(size).toBeGreaterThan(estimate / 2);
    }
  });
});

describe("limits", () => {
  it("say what would fit", () => {
    expect(refuseSimulated(10, 31_536_000)).toBeUndefined();
    expect(refuseSimulated(11, 31_536_000)).toContain("10 steps of that length would fit");
    expect(refuseSimulated(1000, 0)).toBeUndefined();
    expect(refuseAnswer(1000, MAX_ANSWER_BYTES / 1000, "steps")).toBeUndefined();
    expect(refuseAnswer(1000, MAX_ANSWER_BYTES / 500, "steps")).toContain("500 steps would fit");
  });

  it("hold for warnings: ten in full, and how many more", () => {
    const warnings = new Warnings();
    const clipped = Array.from({ length: 14 }, (_, step) => ({ step, message: "clipped." }));
    warnings.add(clipped, (step) => `Step ${step + 1}`);
    const message = warnings.appendTo("Done.");
    expect(message).toMatch(/^Done\. Step 1: clipped\. Step 2: .* Step 10: clipped\. 4 more values were clipped\.$/);
    expect(new Warnings().appendTo("Done.")).toBe("Done.");
  });
});
