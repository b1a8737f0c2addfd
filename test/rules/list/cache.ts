import type { Rule } from "../rule.ts";

/** Objects, and the cache of those that can be made again. */
export const cache: readonly Rule[] = [
  {
    rule: "objects are created, never replaced",
    breaks: [{ file: "functions/platform/upload.ts", text: 'Body, IfNoneMatch: "*" }', becomes: "Body }" }],
    testFile: "cache/objects.test.ts",
    testName: "putting > creates one of two objects of 1000 bytes, and never changes it",
  },
  {
    rule: "… nor those that go up in parts",
    breaks: [
      {
        file: "functions/platform/upload.ts",
        text: 'MultipartUpload: { Parts }, IfNoneMatch: "*" }',
        becomes: "MultipartUpload: { Parts } }",
      },
    ],
    testFile: "cache/objects.test.ts",
    testName: "putting > creates one of two objects of 9437184 bytes, and never changes it",
  },
];
