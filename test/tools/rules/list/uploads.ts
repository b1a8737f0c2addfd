import type { Rule } from "../rule.ts";

const QUOTA_TEST = "packages/quota.test.ts";
const VERDICTS_TEST = "packages/verdicts.test.ts";
const CLEAR_UP_TEST = "packages/clear-up.test.ts";

/** Tests on what is uploaded of a test case. */
export const uploads: readonly Rule[] = [
  {
    rule: "a verdict on a model holds for one version of the emulator",
    breaks: [
      {
        file: "functions/intake/verdicts.ts",
        text: "JSON.stringify([fmu, { ...model, keeps: undefined }, emulatorVersion, work])",
        becomes: "JSON.stringify([fmu, { ...model, keeps: undefined }, work])",
      },
    ],
    testFile: VERDICTS_TEST,
    testName: "a model that was verified > is verified again by another version of the emulator",
  },
  {
    rule: "… and is kept only if the model passed",
    breaks: [
      {
        file: "functions/intake/verdicts.ts",
        text: "if (!isFinal) return;",
        becomes: "",
      },
    ],
    testFile: VERDICTS_TEST,
    testName: "a model that was verified > and must be replayed, is verified again: the machine may have been busy",
  },
  {
    rule: "an empty file beside an FMU says that the file of its name was taken away",
    breaks: [
      {
        file: "functions/uploads/uploads.ts",
        text: "file !== FMU && bytes === 0;",
        becomes: "file === '' && bytes === 0;",
      },
    ],
    testFile: "packages/beside.test.ts",
    testName: "what is uploaded beside an FMU > is in force until it is taken away: then the FMU's own is again",
  },
  {
    rule: "an open upload form counts as a file",
    breaks: [
      {
        file: "functions/uploads/form.lua",
        text: "if open >= most then",
        becomes: "if false then",
      },
    ],
    testFile: QUOTA_TEST,
    testName: "a form for an upload > counts as a file until it is used, or is of no use any more",
  },
  {
    rule: "of uploads that are too much together, the first ones stay",
    breaks: [
      {
        file: "functions/intake/room.ts",
        text: " && !isNewer(object, upload)",
        becomes: "",
      },
    ],
    testFile: QUOTA_TEST,
    testName:
      "an upload for which there is no room when it is taken in > is refused with what counts, and deleted at once; what was there before stays",
  },
  {
    rule: "a good test case stays published when a newer file is refused for lack of room",
    breaks: [
      {
        file: "functions/intake/take-in.ts",
        text: "? { ...earlier, upload, refused: [lack] }",
        becomes: "? record",
      },
    ],
    testFile: QUOTA_TEST,
    testName:
      "a file beside a good FMU, for which there is no room > is refused, and told, and the test case stays what it was",
  },
  {
    rule: "… and so it is when all published versions have reached their limit",
    breaks: [
      {
        file: "functions/intake/room.ts",
        text: "if (isRoom) return undefined;",
        becomes: "return undefined;",
      },
    ],
    testFile: QUOTA_TEST,
    testName:
      "published versions of test cases > hold so much and no more, until one is deleted; what was published before stays",
  },
  {
    rule: "a test case of which something newer than the refusal is being checked is not deleted",
    breaks: [
      {
        file: "functions/garbage/uploads.ts",
        text: "isUnchecked ? Math.max(refusedMs, DAY_MS) : refusedMs",
        becomes: "refusedMs",
      },
    ],
    testFile: CLEAR_UP_TEST,
    testName:
      "clearing up uploads > leaves alone what is published, and what has replaced a refused upload and is not checked yet",
  },
  {
    rule: "a name for which a form was given out meanwhile is not forgotten",
    breaks: [
      {
        file: "functions/garbage/forget-upload.lua",
        text: "if askedMs and tonumber(askedMs) > sinceMs then return { 'kept' } end",
        becomes: "",
      },
    ],
    testFile: CLEAR_UP_TEST,
    testName: "clearing up uploads > forgets no name for which a form is given out meanwhile",
  },
  {
    rule: "a listing shows the newest upload, not the one before",
    breaks: [
      {
        file: "functions/uploads/state.ts",
        text: "if (record === undefined || !settles(record, newest, nowMs)) {",
        becomes: "if (record === undefined) {",
      },
    ],
    testFile: CLEAR_UP_TEST,
    testName: "a listing of uploaded test cases > says of each how far it has come",
  },
];
