import type { Rule } from "../rule.ts";

const ENQUEUE = "functions/streams/enqueue.lua";
const COST = "functions/lifecycle/simulate/model-cost.ts";
const DRAIN = "functions/streams/drain.ts";
const ENQUEUE_TS = "functions/streams/enqueue.ts";
const BRIEF = "functions/emulator-client/brief-call.ts";
const INLINE = "functions/api/waiting/inline.ts";
const EXECUTE = "functions/lifecycle/execute-inline.ts";
const TEST = "api/inline-models.test.ts";

/** Small steps of compiled models, which the api has carried out itself. */
export const inlineModels: readonly Rule[] = [
  {
    rule: "a small step of a compiled model is carried out by the api only while its process is likely to be alive",
    breaks: [{ file: ENQUEUE, text: "nowMs - (tonumber(values[12]) or 0) > aliveMs", becomes: "false" }],
    testFile: TEST,
    testName: "a step of a compiled model > is a worker's, of a test whose process may be gone",
  },
  {
    rule: "… if its last one was small",
    breaks: [{ file: ENQUEUE, text: "    smallMs = modelMs\n", becomes: "    smallMs = 1e9\n" }],
    testFile: TEST,
    testName: "a step of a compiled model > is a worker's, of a test that took long the last time",
  },
  {
    rule: "… and its state is no object afterwards",
    breaks: [
      {
        file: COST,
        text: "if (this.#stateBytes > SMALL_STATE_BYTES) return encode({ cost: MODEL_COST });\n",
        becomes: "",
      },
    ],
    testFile: TEST,
    testName: "a step of a compiled model > is a worker's, of a test whose state may be an object after it",
  },
  {
    rule: "… in one of its holder's slots",
    breaks: [{ file: ENQUEUE, text: "  if asksModel and slot == '' then return nil end\n", becomes: "" }],
    testFile: TEST,
    testName: "a step of a compiled model > is a worker's, of a test whose holder has no slot left",
  },
  {
    rule: "… which none of the holder's tests waits for",
    breaks: [{ file: ENQUEUE, text: "if found[2] or used >=", becomes: "if used >=" }],
    testFile: TEST,
    testName: "a step of a compiled model > is a worker's, of a test whose holder's tests wait for slots",
  },
  {
    rule: "… and goes to the next one that waits",
    breaks: [{ file: DRAIN, text: "  if (called !== undefined) await call(called);\n", becomes: "" }],
    testFile: TEST,
    testName:
      "a step of a compiled model > takes one of its holder's slots meanwhile, and whoever waits for a slot then is called",
  },
  {
    rule: "it is not computed before it is claimed",
    breaks: [{ file: ENQUEUE_TS, text: "  if (owner && offer.seconds !== 0) return false;\n", becomes: "" }],
    testFile: TEST,
    testName:
      "a step of a compiled model > is not computed before it is claimed: where another process was at the test, the model is asked once",
  },
  {
    rule: "a model that gives no result soon is left to a worker",
    breaks: [
      {
        file: BRIEF,
        text: "if (OF_NO_WEIGHT.includes(reply.failure)) throw new ModelElsewhere(reply.message);\n",
        becomes: "",
      },
    ],
    testFile: TEST,
    testName:
      "a model that gives no result soon > takes too long: the step is a worker's, once, and so are the next ones for a while",
  },
  {
    rule: "… and the next steps of models, too, for a while",
    breaks: [
      {
        file: INLINE,
        text: "if (answer === undefined && work.claim.slot !== undefined) models.rest();\n",
        becomes: "",
      },
    ],
    testFile: TEST,
    testName:
      "a model that gives no result soon > has too many callers: the step is a worker's, once, and so are the next ones for a while",
  },
  {
    rule: "… who is told if its saved state is wrong",
    breaks: [{ file: EXECUTE, text: 'error.isFallback ? { replays: "1" } : {}', becomes: "{}" }],
    testFile: TEST,
    testName:
      "a model that gives no result soon > and whose saved state is wrong is moved to replay by the worker, who is told so",
  },
];
