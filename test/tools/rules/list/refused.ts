import type { Rule } from "../rule.ts";

const DRAIN = "functions/streams/drain.ts";
const REDIS = "functions/platform/redis.ts";

/** What Redis refuses for what it is. */
export const refused: readonly Rule[] = [
  {
    rule: "a request whose outcome Redis refuses is given up and answered 500",
    breaks: [
      {
        file: "functions/streams/give-up.ts",
        text: "if (!(error instanceof RedisRefused)) throw error;",
        becomes: "throw error;",
      },
    ],
    testFile: "streams/refused.test.ts",
    testName: "a request is given up, with an answer, and the next is begun > when what it changes is refused",
  },
  {
    rule: "… also if the api detects the refusal",
    breaks: [
      {
        file: "functions/api/http/answer-error.ts",
        text: "error instanceof RedisError && !(error instanceof RedisRefused)",
        becomes: "error instanceof RedisError",
      },
    ],
    testFile: "api/errors.test.ts",
    testName: "what storage did is told > 500 where it would be refused again",
  },
  {
    rule: "… and a temporary error is not a refusal",
    breaks: [
      {
        file: REDIS,
        text: "return REFUSALS.some((known) => known.test(message));",
        becomes: "return REFUSALS.some((known) => known.test(message)) || /OOM/.test(message);",
      },
    ],
    testFile: "platform/redis.test.ts",
    testName: "what may be well the next time is no refusal > when memory is used up, in a script too",
  },
  {
    rule: "… nor is an unknown error",
    breaks: [
      {
        file: REDIS,
        text: "return REFUSALS.some((known) => known.test(message));",
        becomes: 'return REFUSALS.some((known) => known.test(message)) || message.startsWith("ERR ");',
      },
    ],
    testFile: "platform/redis.test.ts",
    testName:
      "what may be well the next time is no refusal > as Upstash tells it, 400 ERR something that nobody here has heard of",
  },
  {
    rule: "a refused answer does not count as a committed one",
    breaks: [
      {
        file: "functions/streams/commit.lua",
        text: "if string.find(refused.err, 'equal or smaller', 1, true) then return { 'lost' } end",
        becomes: "do return { 'lost' } end",
      },
    ],
    testFile: "streams/commit.test.ts",
    testName: "commit > says so when Redis takes no answer, which is not that somebody else has answered",
  },
  {
    rule: "if Redis refuses even the answer, no worker is called for five minutes",
    breaks: [{ file: "functions/streams/work.ts", text: "await postpone(redis, claim.testid);", becomes: "" }],
    testFile: "streams/refused.test.ts",
    testName: "nobody is called again and again to a test > whose requests cannot be answered",
  },
  {
    rule: "… but for a new request",
    breaks: [
      {
        file: "functions/streams/enqueue.lua",
        text: "redis.call('ZADD', outstanding, 'LT', arrivalMs, testid)",
        becomes: "redis.call('ZADD', outstanding, 'NX', arrivalMs, testid)",
      },
    ],
    testFile: "streams/refused.test.ts",
    testName: "nobody is called again and again to a test > unless there is a new request",
  },
  {
    rule: "a request whose answer is never accepted is not computed again and again",
    breaks: [{ file: DRAIN, text: "const MAX_CLAIMS = 5;", becomes: "const MAX_CLAIMS = 1e9;" }],
    testFile: "streams/refused.test.ts",
    testName:
      "nobody is called again and again to a test > at once, where an answer is never taken though Redis does not refuse it",
  },
  {
    rule: "a claim that is refused is tried as often as another",
    breaks: [
      {
        file: DRAIN,
        text: "if (attempt === MAX_CLAIMS) {",
        becomes: "if (attempt === MAX_CLAIMS || error instanceof RedisRefused) {",
      },
    ],
    testFile: "streams/refused.test.ts",
    testName: "a claim that is refused > is tried again a few times",
  },
  {
    rule: "… lets go of the lease",
    breaks: [{ file: DRAIN, text: 'await letGo(redis, { testid, token, slot }, "redis");', becomes: "undefined;" }],
    testFile: "streams/refused.test.ts",
    testName: "nobody is called again and again to a test > whose requests cannot be handed out",
  },
  {
    rule: "… and is no delivery",
    breaks: [{ file: "functions/streams/release.lua", text: "if isBlameless then", becomes: "if false then" }],
    testFile: "streams/refused.test.ts",
    testName: "a claim that is refused > is no delivery",
  },
  {
    rule: "a command that was appended before Redis refused the rest is taken on, once",
    breaks: [
      {
        file: "functions/api/waiting/take-on.ts",
        text: "idempotency === undefined || isRefused",
        becomes: "idempotency === undefined",
      },
    ],
    testFile: "api/take-on.test.ts",
    testName: "a command of which Redis refuses a part > is taken on once where it is in the stream, with a key",
  },
  {
    rule: "… and its lease let go",
    breaks: [
      {
        file: "functions/api/waiting/take-on.ts",
        text: 'if (offer !== undefined) await letGo(redis, { testid, token: offer.token }, "redis");',
        becomes: "",
      },
    ],
    testFile: "api/take-on.test.ts",
    testName:
      "a command of which Redis refuses a part > is left to a worker where it was claimed, and the lease let go",
  },
];
