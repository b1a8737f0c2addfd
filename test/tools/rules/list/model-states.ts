import type { Rule } from "../rule.ts";

const SERVICE = "functions/emulator/emulator.ts";
const [VERIFY, VERIFIER] = ["functions/emulator/verify.ts", "functions/emulator/verifier.ts"];
const CHILD = "functions/emulator/model-child.ts";

/** How the state of a compiled model is kept. */
export const modelStates: readonly Rule[] = [
  {
    rule: "only a fresh process is put to a state, unless the model was verified for more",
    breaks: [
      { file: SERVICE, text: 'if (model.keeps === "shared") return', becomes: 'if (model.keeps !== "image") return' },
    ],
    testFile: "emulator/service.test.ts",
    testName:
      "an instance > puts only fresh processes to a state, unless it is known that the model keeps nothing beside it",
  },
  {
    rule: "… and is initialized at the state's own time",
    breaks: [
      {
        file: "functions/emulator/live-model.ts",
        text: 'course === null || state.kind === "image" ? start : gridTime(course.grid, course.from)',
        becomes: "start",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName:
      "an instance > initializes a fresh process at the time of the state that it is put to, not where the test began",
  },
  {
    rule: "a history that a model has forged blocks no other test",
    breaks: [
      {
        file: "functions/emulator/history.ts",
        text: "if (runs > MAX_RUNS || intervals > MAX_INTERVALS)",
        becomes: "if (false)",
      },
    ],
    testFile: "emulator/encoding.test.ts",
    testName: "what was done with a model > may be forged by a model, and > is refused if it is longer than any test",
  },
  {
    rule: "a candidate begins at the rollout's state, not where another one left the model",
    breaks: [
      {
        file: CHILD,
        text: "if (decoded !== undefined) await this.#restore(decoded, limitMs);\n        return await this.#live.tryOut(steps);",
        becomes: "return await this.#live.tryOut(steps);",
      },
    ],
    testFile: "emulator/candidates.test.ts",
    testName: "candidates from one state, of cs-replay (image) > come to the same bits as each step in a fresh process",
  },
  {
    rule: "… and of candidates that are computed together, one that fails fails alone",
    breaks: [
      {
        file: "functions/emulator/candidates.ts",
        text: "if (error instanceof EmulatorError) return null;",
        becomes: "",
      },
    ],
    testFile: "emulator/candidates.test.ts",
    testName: "candidates from one state > fail alone where one does: crash",
  },
  {
    rule: "… and is computed by itself, where its failure is told, and no other is",
    breaks: [
      {
        file: "functions/lifecycle/rollouts/look-ahead.ts",
        text: "this.#tried.set(candidate + i, each);",
        becomes: "if (each !== undefined) this.#tried.set(candidate + i, each);",
      },
    ],
    testFile: "lifecycle/rollouts/together.test.ts",
    testName:
      "candidates of a model that are computed together > of which one fails among others: it is computed by itself, and nothing else is",
  },
  {
    rule: "intake compares the restored model with the live one",
    breaks: [
      {
        file: VERIFIER,
        text: "if (Buffer.compare(outcome.samples, after.samples) === 0) return undefined;",
        becomes: "if (outcome.samples.length > 0) return undefined;",
      },
    ],
    testFile: "emulator/verify.test.ts",
    testName:
      "a model's state > that leaves out what the model keeps beside it is found out, with point, time and by how much",
  },
  {
    rule: "… and what a model serializes is not relied on if it keeps memory beside it",
    breaks: [
      {
        file: VERIFY,
        text: 'if (fresh.different !== undefined) return { keeps: "replayed",',
        becomes: 'if (fresh.different !== undefined) return { keeps: "serialized",',
      },
    ],
    testFile: "emulator/verify.test.ts",
    testName:
      "a model's state > that leaves out what the model keeps beside it is found out, with point, time and by how much",
  },
  {
    rule: "… nor is an image of its memory that is not its state",
    breaks: [
      {
        file: "functions/emulator/verify-image.ts",
        text: "if (fresh.different !== undefined) return",
        becomes: "if (fresh.different === null) return",
      },
      {
        file: "functions/emulator/verify-image.ts",
        text: "if (shared.different !== undefined) return",
        becomes: "if (shared.different === null) return",
      },
      // Who differs is compared no further, so that there are too few hours as well.
      {
        file: "functions/emulator/verify-image.ts",
        text: "if (!isEnough || covered.fresh < Math.min(LEAST_FRESH, processes))",
        becomes: "if (covered.hours < 0)",
      },
    ],
    testFile: "emulator/verify.test.ts",
    testName: "a model's state > of which no two runs are equal cannot even be replayed: the model is refused",
  },
  {
    rule: "an image is put only into the memory that it was taken from",
    breaks: [
      {
        file: "infra/native/host/image.c",
        text: "if (get_word(&from) != base.hash)",
        becomes: "if (get_word(&from) == 0)",
      },
    ],
    testFile: "emulator/image.test.ts",
    testName: "an image > that is of another memory is refused, and what was done since is done again",
  },
  {
    rule: "… and only beside the same libraries",
    breaks: [
      {
        file: SERVICE,
        text: "place === undefined || place.layout === known;",
        becomes: "place === undefined || place.layout !== known;",
      },
    ],
    testFile: "emulator/image.test.ts",
    testName:
      "an image > that was taken beside other libraries, or at other addresses, is not used: the history is, and an image follows",
  },
  {
    rule: "no image is taken of a model with threads",
    breaks: [{ file: "infra/native/host/heap.c", text: "has_threads = true;", becomes: "has_threads = false;" }],
    testFile: "emulator/image.test.ts",
    testName: "an image > is not taken of a model that starts a thread: its history is kept from then on",
  },
  {
    rule: "… and is refused if two equal runs of it differ",
    breaks: [{ file: VERIFY, text: "if (different === undefined) return verdict;", becomes: "return verdict;" }],
    testFile: "emulator/verify.test.ts",
    testName: "a model's state > of which no two runs are equal cannot even be replayed: the model is refused",
  },
  {
    rule: "… over a day at least",
    breaks: [
      {
        file: VERIFY,
        text: "covered.hours < leastHours || covered.fresh < Math.min(LEAST_FRESH, processes)",
        becomes: "false",
      },
    ],
    testFile: "emulator/verify.test.ts",
    testName: "a model's state > of which less than a day could be compared is not relied on",
  },
  {
    rule: "… and a step that is computed both ways has equal results, or fails",
    breaks: [
      {
        file: SERVICE,
        text: "if (Buffer.compare(again.samples, samples) === 0) return { checked: true };",
        becomes: "if (again.samples.length > 0) return { checked: true };",
      },
    ],
    testFile: "emulator/fallback.test.ts",
    testName: "a step that is computed both ways > shows a model that keeps something beside its state",
  },
  {
    rule: "a model that cannot restore its state repeats its history",
    breaks: [
      {
        file: "functions/emulator-client/emulator.ts",
        text: "return error.isRestoring && [",
        becomes: "return !error.isRestoring && [",
      },
    ],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName: "a state that the model cannot go on from > is tried again, and then what was done is done again: crash",
  },
];
