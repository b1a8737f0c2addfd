import type { Rule } from "../rule.ts";

const STEPS = "functions/lifecycle/commands/run-steps.ts";
const DOORBELLS = "functions/lifecycle/runs/doorbells.ts";
const SWEEP = "functions/lifecycle/runs/sweep.ts";
const TEST = "faults/runs.test.ts";
const ONE_OF_TWO =
  "each step of a run is taken once > by one of two requests for it, and by none of another run, or after a pause";
const ONE_REQUEST =
  "each step of a run is taken once > by one request, whatever doorbells are doubled or come late, and the next one is rung for once";
const LOST = "the sweeper > finds a run whose doorbell was lost; and again, if it is killed before it rings";

/** Tests that run by themselves. */
export const runs: readonly Rule[] = [
  {
    rule: "a step of a run is taken once, by its number",
    breaks: [{ file: STEPS, text: " || found.steps !== params.step", becomes: "" }],
    testFile: TEST,
    testName: ONE_OF_TWO,
  },
  {
    rule: "… of the run that is running, and of no other",
    breaks: [{ file: STEPS, text: " || found.id !== params.run", becomes: "" }],
    testFile: TEST,
    testName: ONE_OF_TWO,
  },
  {
    rule: "… and not after it was paused",
    breaks: [{ file: STEPS, text: 'found?.status !== "running" ||', becomes: "found === null ||" }],
    testFile: TEST,
    testName: ONE_OF_TWO,
  },
  {
    rule: "doorbells for one step of a run make one request",
    breaks: [{ file: DOORBELLS, text: "{ maxUnanswered, idempotency }", becomes: "{ maxUnanswered }" }],
    testFile: TEST,
    testName: ONE_REQUEST,
  },
  {
    rule: "… and a late doorbell has no effect",
    breaks: [{ file: DOORBELLS, text: " || found.run.steps !== of.step", becomes: "" }],
    testFile: TEST,
    testName: ONE_REQUEST,
  },
  {
    rule: "the worker that has taken steps of a run rings for the next",
    breaks: [
      {
        file: "functions/worker/handler.ts",
        text: "      await ringForNextStep(queue, work, changes, Date.now());\n",
        becomes: "",
      },
    ],
    testFile: TEST,
    testName:
      "a run > takes its steps by itself, in order, as by hand; close ones together, once a second; and ends at `until`",
  },
  {
    rule: "a run alone moves its test's clock",
    breaks: [
      {
        file: "functions/lifecycle/execute.ts",
        text: "if (refusal !== undefined) return answered(refusal);",
        becomes: "",
      },
    ],
    testFile: TEST,
    testName: "a run > alone moves the test's clock, until it is paused",
  },
  {
    rule: "the sweeper rings for a run whose doorbell was lost",
    breaks: [
      {
        file: SWEEP,
        text: '  await ringForRun(queue, testid, run, holder, nowMs);\n  return "rung";',
        becomes: '  return "rung";',
      },
    ],
    testFile: TEST,
    testName: LOST,
  },
  {
    rule: "… which was noted before it began",
    breaks: [{ file: "functions/lifecycle/execute.ts", text: "  await noteRun(redis, work, answer);\n", becomes: "" }],
    testFile: TEST,
    testName: LOST,
  },
  {
    rule: "… and is not forgotten while it may be about to begin",
    breaks: [{ file: SWEEP, text: "if (found === undefined || sinceMs < nowMs - KEPT_MS) {", becomes: "if (true) {" }],
    testFile: TEST,
    testName: "the sweeper > forgets a run that does not go on any more, but not while it may be about to begin",
  },
  {
    rule: "a run that no client reads is paused",
    breaks: [{ file: SWEEP, text: "> unwatchedMs)", becomes: "> unwatchedMs * 1000)" }],
    testFile: TEST,
    testName: "the sweeper > pauses a run that nobody looks at, and none that somebody has looked at",
  },
  {
    rule: "… and so is one that is far behind",
    breaks: [
      {
        file: DOORBELLS,
        text: "if (behindMs(run, nowMs) > MAX_BEHIND_MS) {",
        becomes: "if (behindMs(run, nowMs) > 1e15) {",
      },
    ],
    testFile: TEST,
    testName: "a service that was away > for more than an hour pauses the run, and says so",
  },
  {
    rule: "… or has a step that cannot be carried out",
    breaks: [
      {
        file: DOORBELLS,
        text: "if (!found || found.run.id !== run.id || found.run.steps !== run.steps) return false;",
        becomes: "if (!found || found.run.steps === run.steps) return false;",
      },
    ],
    testFile: TEST,
    testName: "a step that cannot be carried out pauses the run, rather than to be tried for ever",
  },
];
