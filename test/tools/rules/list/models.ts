import type { Rule } from "../rule.ts";

const SIMULATE = "functions/lifecycle/simulate/stretch.ts";
const FAILURES = "functions/lifecycle/simulate/failures.ts";
const CALL = "functions/emulator-client/call.ts";
const SAMPLES = "functions/emulator-client/samples.ts";
const PENDING = "functions/lifecycle/commands/await-upload.ts";

/** Tests on compiled models. */
export const models: readonly Rule[] = [
  {
    rule: "a state that is too large for Redis is an object",
    breaks: [
      {
        file: "functions/results/state.ts",
        text: "if (state.length <= INLINE_STATE_BYTES) return state;",
        becomes: "if (state.length > 0) return state;",
      },
    ],
    testFile: "lifecycle/simulate/states.test.ts",
    testName: "an emulator's state > of a byte more is an object",
  },
  {
    rule: "… whose content is checked when it is read",
    breaks: [
      {
        file: "functions/results/state.ts",
        text: "if (!key.endsWith(",
        becomes: "if (false && !key.endsWith(",
      },
    ],
    testFile: "lifecycle/simulate/states.test.ts",
    testName: "an emulator's state > that is damaged, or gone, is not taken for what it was",
  },
  {
    rule: "… and the client of a state that was altered is told",
    breaks: [
      {
        file: "functions/lifecycle/simulate/failures.ts",
        text: "if (error instanceof StateDamaged || error instanceof StateGone) {",
        becomes: "if (false && error instanceof StateDamaged) {",
      },
    ],
    testFile: "integration/altered-state.test.ts",
    testName:
      "a state that was altered or deleted in S3 is refused, and named; the test is where it was, and goes on when it is put back",
    hangs: true,
  },
  {
    rule: "a step that was suspended with such a state continues from it",
    breaks: [
      {
        file: SIMULATE,
        text: "await loadRun(states, JSON.parse(progress.run) as Run)",
        becomes: "(JSON.parse(progress.run) as Run)",
      },
    ],
    testFile: "lifecycle/simulate/models.test.ts",
    testName:
      "a test on a package > comes to what the same built-in test case does, bit for bit: states that do not, left off and gone on with wherever that can be",
  },
  {
    rule: "such an object is spared while its test stands at it",
    breaks: [{ file: "functions/garbage/named.lua", text: "addStates(found[3])\n", becomes: "\n" }],
    testFile: "lifecycle/simulate/states.test.ts",
    testName: "states that are objects are collected > once their test has moved on, and not before",
  },
  {
    rule: "… while a step that was left off names it",
    breaks: [
      {
        file: "functions/garbage/named.lua",
        text: "for field = 2, #ARGV - 1 do addStates(saved[field]) end",
        becomes: "",
      },
    ],
    testFile: "lifecycle/simulate/states.test.ts",
    testName: "states that are objects are collected > not where a step, or a list of steps, has been left off",
  },
  {
    rule: "… while a rollout begins at it, or was left off there",
    breaks: [
      {
        file: "functions/garbage/holders.ts",
        text: "return [...tests, ...(await Promise.all(rollouts)).flat()];",
        becomes: "return tests;",
      },
    ],
    testFile: "lifecycle/simulate/states.test.ts",
    testName: "states that are objects are collected > not where a rollout is to begin at them, or has been left off",
  },
  {
    rule: "… and while a checkpoint does",
    breaks: [
      {
        file: "functions/lifecycle/record/saved-test.ts",
        text: "return state === undefined ? keys : [...keys, state];",
        becomes: "return keys;",
      },
    ],
    testFile: "lifecycle/simulate/states.test.ts",
    testName: "states that are objects are collected > not where a checkpoint needs them, which can be gone back to",
  },
  {
    rule: "a rollout whose state is gone is told so",
    breaks: [
      {
        file: "functions/lifecycle/rollouts/command.ts",
        text: "if (!(error instanceof StateGone)) throw error;",
        becomes: "throw error;",
      },
    ],
    testFile: "lifecycle/simulate/states.test.ts",
    testName:
      "states that are objects are collected > with the lineage: a rollout of a test that was stopped meanwhile is told so",
  },
  {
    rule: "a model's failure does not change its test",
    breaks: [
      {
        file: FAILURES,
        text: "logged}`));",
        becomes: 'logged}`), { results: "clear" });',
      },
    ],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName: "a model that fails > is a 500 with its last words, and the test is as it was",
  },
  {
    rule: "… with what it logged last",
    breaks: [
      {
        file: "functions/lifecycle/simulate/slices.ts",
        text: "this.log = cause instanceof ModelFailed ? cause.log : [];",
        becomes: "this.log = [];",
      },
    ],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName: "a model that fails > is a 500 with its last words, and the test is as it was",
  },
  {
    rule: "… and so does one whose samples are not those asked for",
    breaks: [{ file: SAMPLES, text: "head.rows !== rows || ", becomes: "" }],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName: "a model that fails > fails where its samples are of fewer rows",
  },
  {
    rule: "… no finite numbers",
    breaks: [{ file: SAMPLES, text: "if (odd >= 0) {", becomes: "if (false) {" }],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName: "a model that fails > fails where its samples are no finite numbers",
  },
  {
    rule: "… or more than fits into memory",
    breaks: [{ file: SAMPLES, text: ", expected + heads)", becomes: ")" }],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName: "samples that would fill the memory are not unpacked",
  },
  {
    rule: "a model that is too slow for a slice gets shorter ones",
    breaks: [
      {
        file: "functions/lifecycle/simulate/slices.ts",
        text: 'const isTooLong = error instanceof ModelFailed && error.failure === "timeout";',
        becomes: "const isTooLong = false;",
      },
    ],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName: "a model that fails > that computes for too long is asked for less at a time, until that is one interval",
  },
  {
    rule: "another owner's instance is no failure",
    breaks: [{ file: CALL, text: 'if (reply.failure !== "owner") throw', becomes: "throw" }],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName:
      "an emulator function that cannot be asked > because the instance is another owner's, is asked again: another may answer",
  },
  {
    rule: "a model whose process ended is called a second time",
    breaks: [{ file: CALL, text: "const MAX_ENDS = 2;", becomes: "const MAX_ENDS = 1;" }],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName:
      "an emulator function that cannot be asked > because its instance ended, is asked once more, and if that ends too it is the model's doing",
  },
  {
    rule: "a busy emulator makes requests wait, not fail",
    breaks: [
      {
        file: CALL,
        text: "throw new ModelUnavailable(error.message, { cause: error });",
        becomes: 'throw new ModelFailed("crash", error.message);',
      },
    ],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName:
      "an emulator function that cannot be asked > because it is too busy, is asked later, as often as it takes in ten minutes",
  },
  {
    rule: "… but not for ever",
    breaks: [{ file: FAILURES, text: "nowMs - sinceMs > MAX_UNAVAILABLE_MS || ", becomes: "" }],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName:
      "an emulator function that cannot be asked > because it is too busy, is asked later, as often as it takes in ten minutes",
  },
  {
    rule: "… counted from when it was first too busy",
    breaks: [
      {
        file: FAILURES,
        text: "(!unavailable.hasAnswered && Number(work.progress?.unavailableSince)) || nowMs",
        becomes: "work.request.arrivalMs",
      },
    ],
    testFile: "lifecycle/simulate/unavailable.test.ts",
    testName: "ten minutes are counted > from when it could not be asked, not from when the request came",
  },
  {
    rule: "… and nothing is computed again that was computed before",
    breaks: [
      {
        file: SIMULATE,
        text: "if (isUnavailable && run.emulator === null) {",
        becomes: "if (isUnavailable) {",
      },
    ],
    testFile: "lifecycle/simulate/unavailable.test.ts",
    testName: "what was computed is saved when the model cannot be asked, and gone on from > advance",
  },
  {
    rule: "… nor by tests that wait for a warm-up",
    breaks: [{ file: SIMULATE, text: "return { ...saved, ...making?.suspend() };", becomes: "return saved;" }],
    testFile: "lifecycle/simulate/unavailable.test.ts",
    testName: "a warm-up that others wait for is theirs, though the model could not be asked on the way",
  },
  {
    rule: "a warm-up that could not begin is not locked",
    breaks: [
      {
        file: SIMULATE,
        text: "await making?.abandon();\n          return {};",
        becomes: "making?.suspend();\n          return {};",
      },
    ],
    testFile: "lifecycle/simulate/unavailable.test.ts",
    testName: "a warm-up of which nothing could be simulated is anybody's",
  },
  {
    rule: "a test that waits for another's warm-up holds no worker",
    breaks: [
      {
        file: "functions/lifecycle/simulate/shared-warmup.ts",
        text: "const MAX_WAIT_MS = 5_000;",
        becomes: "const MAX_WAIT_MS = 1e9;",
      },
    ],
    testFile: "lifecycle/simulate/unavailable.test.ts",
    testName: "who waits for another's warm-up holds no worker for long",
  },
  {
    rule: "a repeated history continues over many invocations",
    breaks: [
      {
        file: "functions/emulator-client/call.ts",
        text: "if (reply.replayed !== undefined) throw new ModelReplaying(reply.message, reply.replayed);",
        becomes: "",
      },
    ],
    testFile: "lifecycle/simulate/replaying.test.ts",
    testName:
      "a history that is simulated again goes on over as many invocations as it takes, and the step is taken then",
  },
  {
    rule: "… begun so often and no more",
    breaks: [{ file: FAILURES, text: "if (starts <= MAX_REPLAYS) {", becomes: "if (true) {" }],
    testFile: "lifecycle/simulate/replaying.test.ts",
    testName: "one whose process is lost again and again is given up, and the answer names the limit",
  },
  {
    rule: "… without restoring the unusable state again",
    breaks: [{ file: FAILURES, text: 'error.isFallback ? { replays: "1" } : {}', becomes: "{}" }],
    testFile: "lifecycle/simulate/replaying.test.ts",
    testName:
      "a model that cannot be put to its state is not put to it again in each invocation, while its history is simulated again",
  },
  {
    rule: "… by a process that has simulated a part of it, and nothing else",
    breaks: [
      {
        file: "functions/emulator/replay.ts",
        text: "return Buffer.compare(this.#history.beginning(done), other.#history.beginning(done)) === 0 ? done : undefined;",
        becomes: "return done;",
      },
    ],
    testFile: "emulator/replay.test.ts",
    testName: "a process goes on from the part of a history that it has done, and with no other",
  },
  {
    rule: "a rollout's place is free, and its answer there, before its keys end",
    breaks: [{ file: FAILURES, text: "nowMs > endsMs(work) - READING_MS;", becomes: "false;" }],
    testFile: "lifecycle/simulate/unavailable.test.ts",
    testName: "a rollout > is answered, and makes room, while its answer can still be read",
  },
  {
    rule: "time in which the emulator was unavailable is no computing time",
    breaks: [
      {
        file: "functions/lifecycle/rollouts/compute.ts",
        text: "isUnavailable ? spentBefore : spentMs()",
        becomes: "spentMs()",
      },
    ],
    testFile: "lifecycle/simulate/unavailable.test.ts",
    testName: "a rollout > is not given up for the time in which nobody could be asked",
  },
  {
    rule: "a start waits for its own upload's check",
    breaks: [{ file: PENDING, text: " && settles(record, pending.upload, clock())", becomes: "" }],
    testFile: "lifecycle/commands/await-upload.test.ts",
    testName:
      "a test that was begun on an upload > is not told of what was uploaded before, but of what has replaced it",
  },
  {
    rule: "… but not for ever",
    breaks: [{ file: PENDING, text: "if (waitedMs > CHECK_LIMIT_MS) {", becomes: "if (false) {" }],
    testFile: "lifecycle/commands/await-upload.test.ts",
    testName: "a test that was begun on an upload > gives up after a quarter of an hour",
  },
  {
    rule: "… and stays with the package of its start",
    breaks: [{ file: PENDING, text: "if (progress?.settled !== undefined) return", becomes: "if (false) return" }],
    testFile: "lifecycle/commands/await-upload.test.ts",
    testName:
      "a test that was begun on an upload > waits over many invocations, and keeps to the package that it has begun to simulate",
  },
  {
    rule: "the package's fields are committed with the start",
    breaks: [
      {
        file: "functions/lifecycle/execute.ts",
        text: "return { ...outcome, changes: { ...outcome.changes, fields: { ...fields, ...outcome.changes.fields } } };",
        becomes: "return outcome;",
      },
    ],
    testFile: "lifecycle/commands/await-upload.test.ts",
    testName: "a test that was begun on an upload > carries out what was asked meanwhile, on the package",
  },
  {
    rule: "a forecast's error on a package is drawn once",
    breaks: [
      {
        file: "functions/lifecycle/queries/forecast-basis.ts",
        text: "return basis.uncertainty !== null && !builtIns().includes(testcase);",
        becomes: "return false;",
      },
    ],
    testFile: "integration/fmu.test.ts",
    testName:
      "an FMU that was uploaded through a post-form > forecasts its own weather and prices, with errors that a scenario asks for and that stay the same",
  },
  {
    rule: "a model's initial condition is computed once for all",
    breaks: [
      {
        file: "functions/lifecycle/simulate/warmup-object.ts",
        text: "Math.max(run.grid.length, SAMPLE_SECONDS)",
        becomes: "run.grid.length",
      },
    ],
    testFile: "integration/fmu.test.ts",
    testName:
      "an FMU that was uploaded through a post-form > is warmed up once for all: who selects it later asks no model at all",
  },
  {
    rule: "a query that a pending test case cannot answer yet is 409",
    breaks: [
      {
        file: "functions/api/endpoints/test.ts",
        text: 'if (readPendingVersion(test.version ?? "") !== undefined) requireRunning("Queued");',
        becomes: "",
      },
    ],
    testFile: "integration/fmu.test.ts",
    testName:
      "what is uploaded > is told apart from a test that waits for it: 409 for what nobody knows yet, and its commands wait",
  },
  {
    rule: "forks and checkpoints keep the package's owner",
    breaks: [
      {
        file: "functions/lifecycle/record/record.ts",
        text: 'owner: text("worker", "saved", "rollout")',
        becomes: 'owner: text("worker", "rollout")',
      },
    ],
    testFile: "lifecycle/simulate/models.test.ts",
    testName: "a test on a package > is forked, as it stands or from a checkpoint, with whose package it is",
  },
  {
    rule: "the api asks no model",
    breaks: [
      {
        file: "functions/lifecycle/execute-inline.ts",
        text: "if (!(error instanceof ModelElsewhere)) throw error;",
        becomes: "throw error;",
      },
    ],
    testFile: "lifecycle/commands/await-upload.test.ts",
    testName: "the api > leaves to workers what a model is to be asked for, and does the rest itself",
  },
];
