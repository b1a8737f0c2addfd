import type { Rule } from "../rule.ts";

const ENQUEUE = "functions/streams/enqueue.lua";
const DRAIN = "functions/streams/drain.ts";

/** How requests come in, and what of them the api carries out itself. */
export const requests: readonly Rule[] = [
  {
    rule: "a test with unanswered requests is in the outstanding index",
    breaks: [{ file: ENQUEUE, text: "redis.call('ZADD', outstanding, 'LT', arrivalMs, testid)\n", becomes: "" }],
    testFile: "streams/protocol.test.ts",
    testName: "enqueue > makes a request durable and marks its test as having unanswered ones",
  },
  {
    rule: "… and one without is not",
    breaks: [{ file: "functions/streams/commit.lua", text: "redis.call('ZREM', outstanding, testid)\n", becomes: "" }],
    testFile: "streams/commit.test.ts",
    testName: "commit > answers the request, applies the changes and raises the revision, all at once",
  },
  {
    rule: "… and stays in it while there are others",
    breaks: [
      {
        file: "functions/streams/commit.lua",
        text: "if hasMore then return { 'more', called or '' } end\n",
        becomes: "if hasMore then redis.call('ZREM', outstanding, testid) return { 'more', called or '' } end\n",
      },
    ],
    testFile: "streams/commit.test.ts",
    testName: "commit > lets go of the lease but not of the mark when more waits and the invocation's time is over",
  },
  {
    rule: "an Idempotency-Key that was seen gives the first request",
    breaks: [{ file: ENQUEUE, text: "if seen then", becomes: "if false then" }],
    testFile: "streams/protocol.test.ts",
    testName: "enqueue > gives a repeated Idempotency-Key its first request, and refuses it for another one",
  },
  {
    rule: "… and 422 for another request",
    breaks: [{ file: ENQUEUE, text: "if of == fingerprint then", becomes: "if of then" }],
    testFile: "streams/protocol.test.ts",
    testName: "enqueue > gives a repeated Idempotency-Key its first request, and refuses it for another one",
  },
  {
    rule: "the number of unanswered requests is limited",
    breaks: [{ file: ENQUEUE, text: "if unanswered >= mostUnanswered then", becomes: "if false then" }],
    testFile: "streams/protocol.test.ts",
    testName: "enqueue > refuses the request after the last one that is allowed to wait",
  },
  {
    rule: "a command that only its caller can carry out is refused while the test is busy",
    breaks: [{ file: ENQUEUE, text: "if atOnce ~= '' and", becomes: "if atOnce == '?' and" }],
    testFile: "streams/guards.test.ts",
    testName: "a command that only its caller can carry out > is not taken where it cannot be carried out at once",
  },
  {
    rule: "the api carries out nothing past a request that waits",
    breaks: [{ file: ENQUEUE, text: "and unanswered == 0 and isSmall()", becomes: "and isSmall()" }],
    testFile: "streams/guards.test.ts",
    testName:
      "who enqueues and offers to do the work > is not given it past a request that waits, though nobody holds the lease",
  },
  {
    rule: "… nothing without the lease",
    breaks: [{ file: ENQUEUE, text: "lease, token, 'NX', 'PX', leaseMs", becomes: "lease, token, 'PX', leaseMs" }],
    testFile: "streams/guards.test.ts",
    testName:
      "a lease > that somebody holds is not taken by who enqueues and offers to do the work, though nothing else waits",
  },
  {
    rule: "… and nothing that takes long",
    breaks: [{ file: ENQUEUE, text: "return cost * simulated <= smallMs and ", becomes: "return " }],
    testFile: "streams/guards.test.ts",
    testName: "an offer to do the work > is refused what takes longer",
  },
  {
    rule: "… or records much",
    breaks: [{ file: ENQUEUE, text: " and width * simulated < manyBytes", becomes: "" }],
    testFile: "streams/guards.test.ts",
    testName: "an offer to do the work > is refused one that records too much",
  },
  {
    rule: "a worker is woken for a command that the api could not finish",
    breaks: [
      {
        file: DRAIN,
        text: "  await ringAfter(queue, ended, { testid: claim.testid, holder }, ended.resumeAfterMs);\n",
        becomes: "",
      },
    ],
    testFile: "streams/guards.test.ts",
    testName: "a drain > by who enqueued, who cannot commit, lets go of the lease, gives no answer and wakes a worker",
  },
  {
    rule: "… with the lease let go of",
    breaks: [
      {
        file: DRAIN,
        text: 'ended.drained === "lost" ? await letGo(redis, claim, "redis") : ended.called',
        becomes: "ended.called",
      },
    ],
    testFile: "streams/guards.test.ts",
    testName: "a drain > by who enqueued, who cannot commit, lets go of the lease, gives no answer and wakes a worker",
  },
  {
    rule: "an answer is given only once it is committed",
    breaks: [
      {
        file: DRAIN,
        text: "{ ...options, afterCommit }",
        becomes: "{ ...options, beforeCommit: async (_work, given) => { answer = given; } }",
      },
    ],
    testFile: "faults/lost-replies.test.ts",
    testName: "with requests carried out inline > an answer whose commit is lost is not given, but waited for",
  },
  {
    rule: "a request whose enqueuing lost its reply is looked for",
    breaks: [
      {
        file: "functions/api/waiting/take-on.ts",
        text: "? await findRequest(redis, testid, sent.nonce)",
        becomes: "? undefined",
      },
    ],
    testFile: "faults/lost-replies.test.ts",
    testName:
      "with requests carried out by a worker > an advance without a key is found again when the reply to enqueuing it is lost",
  },
  {
    rule: "a repeated call rings again",
    breaks: [
      {
        file: "functions/api/waiting/pending.ts",
        text: 'kind === "claimed" ? undefined : ring(',
        becomes: 'kind !== "enqueued" ? undefined : ring(',
      },
    ],
    testFile: "faults/doorbells.test.ts",
    testName:
      "a call that is sent again under its Idempotency-Key > rings again: the first doorbell may never have been rung",
  },
  {
    rule: "a doorbell that cannot be rung fails no request",
    breaks: [
      {
        file: "functions/streams/doorbell.ts",
        text: 'log("warn", "A doorbell could not be rung; the sweeper rings later", ids, error);',
        becomes: "throw error;",
      },
    ],
    testFile: "faults/doorbells.test.ts",
    testName: "doorbells > that cannot be rung do not fail the request",
  },
  {
    rule: "a doorbell comes back soon after its worker's lease is over",
    breaks: [{ file: "functions/worker/handler.ts", text: "      delivery.follow();", becomes: "" }],
    testFile: "faults/woken-again.test.ts",
    testName:
      "a doorbell follows its worker's lease > so that another worker is woken when the first was killed in mid-step, without the sweeper",
  },
  {
    rule: "a chain of workers that ring for the next is counted, and ends",
    breaks: [{ file: "functions/streams/doorbell.ts", text: "if (hops > MAX_HOPS) {", becomes: "if (hops < 0) {" }],
    testFile: "streams/hops.test.ts",
    testName:
      "a chain of workers that ring for the next > ends at the limit: nobody is rung for, and what was reached waits for the sweeper",
  },
  {
    rule: "a client that is a little too fast is held back, not refused",
    breaks: [
      {
        file: "functions/api/limits/requests.ts",
        text: "return Math.min(waitMs, testHoldMs);",
        becomes: "return Math.min(waitMs, 0 * testHoldMs);",
      },
    ],
    testFile: "integration/gym.test.ts",
    testName:
      "a reinforcement learning environment at the deployment's limits > trains on one test as fast as it is answered, and is never refused",
  },
  {
    rule: "the Redis client retries nothing by itself",
    breaks: [
      {
        file: "functions/platform/redis.ts",
        text: "run: (script, keys, args) => guarded(() => runScript(script, keys, args.map(String))),",
        becomes: "run: (script, keys, args) => again(() => guarded(() => runScript(script, keys, args.map(String)))),",
      },
    ],
    testFile: "faults/lost-replies.test.ts",
    testName:
      "with requests carried out by a worker > an advance without a key is found again when the reply to enqueuing it is lost",
  },
  {
    rule: "a wait looks often at first",
    breaks: [{ file: "functions/streams/wait.ts", text: "ms * PAUSE_GROWTH", becomes: "LONGEST_PAUSE_MS" }],
    testFile: "streams/looks.test.ts",
    testName: "come soon, at pauses that grow by half, and are 400 ms apart in the end",
  },
  {
    rule: "a query sees every answered command, in every process, and however far replicas are behind",
    breaks: [
      {
        file: "functions/platform/redis.ts",
        text: "const read = mayBeLate ? undefined : partsOfRead(command);",
        becomes: "const read = mayBeLate || command ? undefined : partsOfRead(command);",
      },
    ],
    testFile: "platform/replica.test.ts",
    testName:
      "the functions' client > reads in one process what another was told that is written, with no token from it",
  },
];
