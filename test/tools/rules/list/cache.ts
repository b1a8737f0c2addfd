import type { Rule } from "../rule.ts";

/** Objects, and the cache of those that can be made again. */
export const cache: readonly Rule[] = [
  {
    rule: "objects are created, never replaced",
    breaks: [{ file: "functions/platform/upload.ts", text: '    "if-none-match": "*",\n', becomes: "" }],
    testFile: "cache/objects.test.ts",
    testName: "putting > creates one of two objects of 1000 bytes, and never changes it",
  },
  {
    rule: "… nor those that go up by the SDK",
    breaks: [{ file: "functions/platform/upload.ts", text: 'Body, IfNoneMatch: "*" }', becomes: "Body }" }],
    testFile: "cache/objects.test.ts",
    testName: "putting > creates one of two objects of 2097152 bytes, and never changes it",
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
  {
    rule: "only one process creates an object",
    breaks: [{ file: "functions/cache/scripts/lock.lua", text: "'NX', 'PX', lockMs", becomes: "'PX', lockMs" }],
    testFile: "cache/single-flight.test.ts",
    testName: "of many processes that want one object > one makes it and the others get its bytes",
  },
  {
    rule: "… and writes nothing under the lock of another process",
    breaks: [
      {
        file: "functions/cache/create.ts",
        text: 'if (locked.outcome === "busy") {',
        becomes: 'if (locked.outcome === "busy" && key === "") {',
      },
    ],
    testFile: "cache/cache.test.ts",
    testName: "creating > leaves an object alone that somebody else is making, and says who and since when",
  },
  {
    rule: "… and releases no lock of another process",
    breaks: [
      {
        file: "functions/cache/scripts/release.lua",
        text: "if not holder or string.match(holder, '^%S+') ~= token then return",
        becomes: "if not holder then return",
      },
    ],
    testFile: "cache/cache.test.ts",
    testName: "creating > does not let go of a lock that has become another's meanwhile (exists)",
  },
  {
    rule: "… nor with what it has made",
    breaks: [
      {
        file: "functions/cache/scripts/enter.lua",
        text: "if holder and string.match(holder, '^%S+') == token then",
        becomes: "if holder then",
      },
    ],
    testFile: "cache/cache.test.ts",
    testName: "creating > does not let go of a lock that has become another's meanwhile (ok)",
  },
  {
    rule: "the cache's total counts an object once, also where a crash left an entry",
    breaks: [
      {
        file: "functions/cache/scripts/enter.lua",
        text: "  before = string.match(redis.call('HGET', size, object) or '', '^%d+') or 0\n",
        becomes: "",
      },
    ],
    testFile: "faults/cache-crash.test.ts",
    testName: "killed while removing > between DELETE and index: whoever makes the object anew heals it without that",
  },
  {
    rule: "a small request goes to S3 by itself, not through the SDK",
    breaks: [
      {
        file: "functions/platform/direct.ts",
        text: "if (taken === undefined) throw",
        becomes: "if (taken !== undefined) throw",
      },
    ],
    testFile: "platform/direct.test.ts",
    testName:
      "a request for an object without the SDK's middleware > is signed as S3 wants it, whatever letters the key has",
  },
  {
    rule: "a worker that has ended leaves nothing under way",
    breaks: [{ file: "functions/worker/handler.ts", text: "  await cache.settle();\n", becomes: "" }],
    testFile: "faults/frozen.test.ts",
    testName: "a worker that has ended leaves nothing under way: Lambda freezes its process",
  },
  {
    rule: "the cache's index adopts no object that a process is writing",
    breaks: [
      {
        file: "functions/cache/scripts/adopt.lua",
        text: "if redis.call('EXISTS', KEYS[i]) == 0 then",
        becomes: "if true then",
      },
    ],
    testFile: "cache/reconcile.test.ts",
    testName: "reconciling > leaves alone what somebody is at",
  },
  {
    rule: "… and drops no object that was created again in the meantime",
    breaks: [{ file: "functions/cache/scripts/drop.lua", text: "now == seen and ", becomes: "" }],
    testFile: "cache/reconcile.test.ts",
    testName: "reconciling > does not drop an entry that was made anew after the index was read",
  },
];
