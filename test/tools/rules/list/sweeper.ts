import type { Rule } from "../rule.ts";

const FORGOTTEN = "functions/streams/forgotten.ts";
const STOP = "functions/lifecycle/create-and-stop/stop.lua";

/** The sweeper, and how tests end. */
export const sweeper: readonly Rule[] = [
  {
    rule: "the sweeper rings for forgotten requests",
    breaks: [
      {
        file: FORGOTTEN,
        text: "await queue.sendBatch(batch.map((testid) => JSON.stringify({ testid } satisfies Doorbell)));",
        becomes: "batch.length;",
      },
    ],
    testFile: "faults/doorbells.test.ts",
    testName: "doorbells > that are lost are rung again by the sweeper",
  },
  {
    rule: "… not more often than the grace time",
    breaks: [{ file: FORGOTTEN, text: 'await redis.command(["ZADD", key, "XX", ...marks]);', becomes: "" }],
    testFile: "faults/sweeper.test.ts",
    testName: "the sweeper > rings for one that is waiting only after a while, and not every minute",
  },
  {
    rule: "… and brings back no test that was stopped",
    breaks: [{ file: FORGOTTEN, text: '["ZADD", key, "XX", ...marks]', becomes: '["ZADD", key, ...marks]' }],
    testFile: "streams/guards.test.ts",
    testName: "the sweeper > does not mark a test again that is stopped while it is rung for",
  },
  {
    rule: "a test that could not start is removed, by the sweeper where its worker could not",
    breaks: [
      {
        file: "functions/sweeper/handler.ts",
        text: '"ending failed starts", () => endFailedStarts(redis)',
        becomes: '"ending failed starts", async () => 0',
      },
    ],
    testFile: "faults/sweeper.test.ts",
    testName: "the sweeper > removes a test whose start has failed, where the worker could not",
  },
  {
    rule: "stop answers the waiting clients",
    breaks: [
      {
        file: STOP,
        text: "redis.pcall('XADD', responses, request[1], 'status', status, 'body', body)",
        becomes: "",
      },
    ],
    testFile: "streams/stop.test.ts",
    testName: "stop > answers who waits, makes a running commit fail, and leaves nothing but the answers",
  },
  {
    rule: "stop leaves no key",
    breaks: [{ file: STOP, text: "KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]", becomes: "KEYS[4], KEYS[8]" }],
    testFile: "streams/guards.test.ts",
    testName: "stop > removes chunks, segments and progress",
  },
  {
    rule: "an idle test that gets a command is not ended",
    breaks: [
      {
        file: STOP,
        text: "if idleRevision ~= '' and (found[4] ~= idleRevision or redis.call('XLEN', requests) > 0) then return { 'busy' } end\n",
        becomes: "",
      },
    ],
    testFile: "streams/stop.test.ts",
    testName: "stop > spares a test that is not idle any more",
  },
  {
    rule: "the sweeper rings for all tests that it can read",
    breaks: [
      {
        file: FORGOTTEN,
        text: "      failures.push(error);\n      return [];",
        becomes: "      throw error;",
      },
    ],
    testFile: "streams/guards.test.ts",
    testName: "the sweeper > rings for a test though those of another shard cannot be read, and says so",
  },
];
