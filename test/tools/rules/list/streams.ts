import type { Rule } from "../rule.ts";

const CLAIM = "functions/streams/claim.lua";
const SHARE_LUA = "functions/streams/include/share.lua";
const COMMIT = "functions/streams/commit.lua";
const ANSWER = "functions/streams/include/answer.lua";
const SUSPEND = "functions/streams/suspend.lua";
const DRAIN = "functions/streams/drain.ts";

/** Every script that includes it ends there for a token that does not hold the lease. */
const OF_OTHERS = "-- @include held.lua\n";
const WITHOUT = "local isCrowded = false\n";
const NOT_UNANSWERED =
  "if redis.call('XACK', requests, 'workers', id) == 0 then\n  redis.call('XDEL', responses, id)\n  return { 'lost' }\nend\n";

/** Leases, claims, commits, and what is saved between. */
export const streams: readonly Rule[] = [
  {
    rule: "a commit writes only under its lease token",
    breaks: [{ file: COMMIT, text: OF_OTHERS, becomes: WITHOUT }],
    testFile: "streams/commit.test.ts",
    testName: "commit > writes nothing when another token holds the lease",
  },
  {
    rule: "… and only on the revision that it was computed from",
    breaks: [{ file: COMMIT, text: "if current[1] ~= revision then return { 'lost' } end\n", becomes: "" }],
    testFile: "streams/commit.test.ts",
    testName: "commit > writes nothing when the revision is not the claimed one, though the lease is held",
  },
  {
    rule: "a request is answered once",
    breaks: [
      {
        file: COMMIT,
        text: "if refused then",
        becomes: "if refused and not string.find(refused.err, 'equal or smaller', 1, true) then",
      },
    ],
    testFile: "streams/commit.test.ts",
    testName: "commit > never answers a request twice",
  },
  {
    rule: "… and only while it is unanswered",
    breaks: [{ file: COMMIT, text: NOT_UNANSWERED, becomes: "redis.call('XACK', requests, 'workers', id)\n" }],
    testFile: "streams/commit.test.ts",
    testName: "commit > writes nothing when the request is not there any more",
  },
  {
    rule: "each commit raises the revision",
    breaks: [
      { file: ANSWER, text: "tonumber(before[1]) + 1, 'timestamp'", becomes: "tonumber(before[1]), 'timestamp'" },
    ],
    testFile: "streams/protocol.test.ts",
    testName: "claim > delivers the oldest unanswered request with the test's fields",
  },
  {
    rule: "a request is acknowledged with its commit, not before",
    breaks: [
      {
        file: CLAIM,
        text: "entry = read('>')\n",
        becomes: "entry = read('>')\nif entry then redis.call('XACK', requests, 'workers', entry[1]) end\n",
      },
      // Else nothing could be committed at all.
      { file: COMMIT, text: NOT_UNANSWERED, becomes: "" },
    ],
    testFile: "streams/protocol.test.ts",
    testName: "claim > delivers the same request again when its first worker's lease has run out",
  },
  {
    rule: "a request whose worker died is delivered again",
    breaks: [{ file: CLAIM, text: "local entry = read('0')", becomes: "local entry" }],
    testFile: "streams/protocol.test.ts",
    testName: "claim > delivers the same request again when its first worker's lease has run out",
  },
  {
    rule: "a claim with nothing to do takes no lease",
    breaks: [
      {
        file: CLAIM,
        text: "if redis.call('XLEN', requests) == 0 then\n  redis.call('ZREM', outstanding, testid)\n  return { 'idle' }\nend\n",
        becomes: "",
      },
    ],
    testFile: "streams/guards.test.ts",
    testName: "a claim > that has nothing to do takes no lease, not even to give it back",
  },
  {
    rule: "… and gives a lease back that it did not need",
    breaks: [{ file: CLAIM, text: "redis.call('DEL', lease, slot or lease)\n", becomes: "" }],
    testFile: "streams/guards.test.ts",
    testName: "a claim > gives the lease back that it took for nothing: an answered request had only not been deleted",
  },
  {
    rule: "one worker holds a test",
    breaks: [{ file: CLAIM, text: "if redis.call('GET', lease) ~= token then return { 'busy' } end\n", becomes: "" }],
    testFile: "streams/protocol.test.ts",
    testName: "claim > leaves a test alone whose lease another token holds, without counting a delivery",
  },
  {
    rule: "a claim whose reply was lost can be repeated",
    breaks: [
      {
        file: CLAIM,
        text: "if redis.call('GET', lease) ~= token then return { 'busy' } end\n",
        becomes: "do return { 'busy' } end\n",
      },
    ],
    testFile: "streams/protocol.test.ts",
    testName: "claim > given again to the same token, whose reply was lost, is no further delivery",
  },
  {
    rule: "… and that is no further delivery",
    breaks: [{ file: CLAIM, text: "if isHeld and deliveries > 1 then", becomes: "if false then" }],
    testFile: "streams/protocol.test.ts",
    testName: "claim > given again to the same token, whose reply was lost, is no further delivery",
  },
  {
    rule: "a worker looks again before it lets go",
    breaks: [
      {
        file: COMMIT,
        text: "local reply = redis.call('XREADGROUP', 'GROUP', 'workers', 'worker', 'COUNT', 1, 'STREAMS', requests, '>')",
        becomes: "local reply",
      },
    ],
    testFile: "streams/commit.test.ts",
    testName: "commit > hands over the next request and keeps the lease",
  },
  {
    rule: "… also when its time is over",
    breaks: [{ file: COMMIT, text: "elseif redis.call('XLEN', requests) > 0 then", becomes: "elseif false then" }],
    testFile: "streams/commit.test.ts",
    testName: "commit > lets go of the lease but not of the mark when more waits and the invocation's time is over",
  },
  {
    rule: "the lease is kept from one request to the next",
    breaks: [{ file: COMMIT, text: "redis.call('PEXPIRE', lease, leaseMs)", becomes: "redis.call('DEL', lease)" }],
    testFile: "streams/commit.test.ts",
    testName: "commit > hands over the next request and keeps the lease",
  },
  {
    rule: "the lease is renewed while a step is computed",
    breaks: [
      {
        file: "functions/streams/pace.ts",
        text: "setInterval(() => this.#renew(), leaseMs / 2)",
        becomes: "setInterval(() => {}, leaseMs / 2)",
      },
      {
        file: "functions/streams/pace.ts",
        text: "if (performance.now() - this.#renewedAt >= this.#leaseMs / 2) this.#renew();",
        becomes: "",
      },
    ],
    testFile: "faults/long-step.test.ts",
    testName: "a step longer than a lease > keeps its lease while it computes: one worker, one delivery, one commit",
  },
  {
    rule: "… by its holder alone",
    breaks: [{ file: "functions/streams/renew.lua", text: OF_OTHERS, becomes: WITHOUT }],
    testFile: "streams/protocol.test.ts",
    testName: "a lease > is renewed for its holder only",
  },
  {
    rule: "a lease is let go of by its holder alone",
    breaks: [
      {
        file: "functions/streams/release.lua",
        text: "if redis.call('GET', lease) ~= token then return { 'lost', called or '' } end\n",
        becomes: "",
      },
    ],
    testFile: "streams/guards.test.ts",
    testName: "a lease > is let go of by its holder only",
  },
  {
    rule: "progress is saved only under the lease",
    breaks: [{ file: SUSPEND, text: OF_OTHERS, becomes: WITHOUT }],
    testFile: "streams/protocol.test.ts",
    testName: "suspend > writes nothing for who has lost the lease",
  },
  {
    rule: "… on the revision that it is of",
    breaks: [
      {
        file: SUSPEND,
        text: "if redis.call('HGET', test, 'revision') ~= revision then return { 'lost' } end\n",
        becomes: "",
      },
    ],
    testFile: "streams/protocol.test.ts",
    testName: "suspend > is refused under another revision and for a request that is gone",
  },
  {
    rule: "… for a request that is unanswered",
    breaks: [{ file: SUSPEND, text: "if #pending == 0 then return { 'lost' } end\n", becomes: "" }],
    testFile: "streams/protocol.test.ts",
    testName: "suspend > is refused under another revision and for a request that is gone",
  },
  {
    rule: "a request that made progress is not poison",
    breaks: [
      {
        file: SUSPEND,
        text: "redis.call('XCLAIM', requests, 'workers', 'worker', 0, id, 'RETRYCOUNT', 0, 'JUSTID')\n",
        becomes: "",
      },
    ],
    testFile: "streams/protocol.test.ts",
    testName: "suspend > saves progress for whoever continues, with a new delivery count, and lets go of the lease",
  },
  {
    rule: "progress of another request or revision is not used",
    breaks: [
      {
        file: "functions/streams/claim.ts",
        text: "progress: progress.requestid === id && progress.revision === test.revision ? progress : undefined,",
        becomes: "progress,",
      },
    ],
    testFile: "streams/protocol.test.ts",
    testName: "suspend > is nobody's that works on another request or from another state",
  },
  {
    rule: "a commit deletes the progress",
    breaks: [{ file: COMMIT, text: "if rare.progress then redis.call('DEL', progress) end\n", becomes: "" }],
    testFile: "streams/protocol.test.ts",
    testName: "suspend > saves progress for whoever continues, with a new delivery count, and lets go of the lease",
  },
  {
    rule: "a request that kills its workers is answered 500 after three",
    breaks: [{ file: "functions/streams/give-up.ts", text: "MAX_DELIVERIES = 3", becomes: "MAX_DELIVERIES = 1e9" }],
    testFile: "faults/poison.test.ts",
    testName: "answers a request 500 after it killed three workers, leaves the state alone, and goes on with the next",
  },
  {
    rule: "a suspended step is continued",
    breaks: [
      {
        file: DRAIN,
        text: 'if (drained !== "done" && drained !== "refused" && !isQueued) await ring(queue, bell, afterMs);',
        becomes:
          'if (drained !== "done" && drained !== "refused" && drained !== "suspended") await ring(queue, bell, afterMs);',
      },
    ],
    testFile: "faults/long-step.test.ts",
    testName:
      "a step longer than an invocation > is continued by the next ones, and queries show the old state until it is whole",
  },
  {
    rule: "a worker whose commit's reply was lost looks again",
    breaks: [
      {
        file: DRAIN,
        text: 'if (drained === "lost" && attempt < MAX_CLAIMS && !timeIsUp()) continue;',
        becomes: "",
      },
    ],
    testFile: "streams/guards.test.ts",
    testName: "a drain > that lost a commit's reply looks again by itself, and leaves nothing for a doorbell to find",
  },
  {
    rule: "large answers go by their size",
    breaks: [{ file: ANSWER, text: "if #body > LARGE_BYTES then", becomes: "if false then" }],
    testFile: "streams/commit.test.ts",
    testName: "commit > keeps an answer until 32 MB of newer large ones exist",
  },
  {
    rule: "answers are bounded",
    breaks: [{ file: ANSWER, text: "'MAXLEN', '~', KEPT_ANSWERS, ", becomes: "" }],
    testFile: "streams/commit.test.ts",
    testName: "commit > keeps some thousand answers and no more",
  },
  {
    rule: "a holder of tests has no more workers at work than its share",
    breaks: [{ file: CLAIM, text: "if not isHeld and used >= share then", becomes: "if false then" }],
    testFile: "streams/share.test.ts",
    testName:
      "a holder's share of the workers > is so many tests at work, and no more: a test that comes then takes nothing, and waits",
  },
  {
    rule: "… and takes no test that another worker has",
    breaks: [{ file: CLAIM, text: "if found[1] and found[1] ~= token then return { 'busy' } end\n", becomes: "" }],
    testFile: "streams/share.test.ts",
    testName: "a holder's share of the workers > does not let a test be taken whose lease another worker holds",
  },
  {
    rule: "a slot that becomes free goes straight to the holder's next test",
    breaks: [{ file: COMMIT, text: "if called and keepMs > 0 then", becomes: "if false then" }],
    testFile: "streams/slots.test.ts",
    testName: "a slot that becomes free > goes to the test that has waited longest, with the worker that has it",
  },
  {
    rule: "… which the worker goes on with",
    breaks: [{ file: DRAIN, text: "!timeIsUp() && ms() < TURNS_MS", becomes: "false" }],
    testFile: "streams/slots.test.ts",
    testName:
      "a worker that has answered a test > goes on with all tests of the holder that wait, without any doorbell",
  },
  {
    rule: "… or rings for, when its time is over",
    breaks: [
      {
        file: DRAIN,
        text: '    await ring(queue, { ...bell, testid: called, hops: drained === "suspended" ? bell.hops : 0, isCalled: true });\n',
        becomes: "",
      },
    ],
    testFile: "streams/slots.test.ts",
    testName: "a worker that has answered a test > rings for the next one when its time is over",
  },
  {
    rule: "… and skips tests that need no worker any more",
    breaks: [
      {
        file: DRAIN,
        text: 'if (share === undefined || kind === "crowded") return undefined;',
        becomes: "return undefined;",
      },
    ],
    testFile: "streams/slots.test.ts",
    testName: "a worker that has answered a test > passes over those that need no worker any more",
  },
  {
    rule: "a long step that leaves off waits behind the holder's other tests",
    breaks: [{ file: SUSPEND, text: "  if restMs == 0 then queue(waiting, crowded, testid) end\n", becomes: "" }],
    testFile: "streams/slots.test.ts",
    testName:
      "a slot that becomes free > goes to the other test that waits when a long step leaves off, and to that step after it",
  },
  {
    rule: "a test that was stopped waits for no slot",
    breaks: [
      {
        file: "functions/lifecycle/create-and-stop/stop.lua",
        text: "redis.call('ZREM', KEYS[14], testid)\n",
        becomes: "local _ = KEYS[14]\n",
      },
    ],
    testFile: "streams/slots.test.ts",
    testName: "a slot that becomes free > is not offered to a test that was stopped",
  },
  {
    rule: "a test that was called is called again if its worker dies",
    breaks: [
      {
        file: "functions/streams/include/turns.lua",
        text: "redis.call('ZADD', waiting, 'XX', nowMs + CALLED_AGAIN_MS, called)",
        becomes: "redis.call('ZREM', waiting, called)",
      },
    ],
    testFile: "streams/slots.test.ts",
    testName:
      "a slot that becomes free > is offered again to a test that was called, and whose worker died: 10 s later",
  },
  {
    rule: "a worker whose test was stopped gives its slot back",
    breaks: [
      {
        file: "functions/streams/drain.ts",
        text: "if (isCalled !== true && slot === undefined) return undefined;",
        becomes: "if (isCalled !== true) return undefined;",
      },
    ],
    testFile: "streams/slots.test.ts",
    testName:
      "a worker that has answered a test > gives its slot to the next one, too, when the test was stopped while it computed",
  },
  {
    rule: "holders that use several workers share these",
    breaks: [{ file: SHARE_LUA, text: "if others == 0 then return slots end", becomes: "do return slots end" }],
    testFile: "streams/share.test.ts",
    testName:
      "the share of a holder, while others use several workers > is a third of all workers beside one such holder, a quarter beside two, and one at least",
  },
  {
    rule: "… and give back what is too much when another one comes",
    breaks: [{ file: CLAIM, text: "    if slot then redis.call('DEL', slot) end\n", becomes: "" }],
    testFile: "streams/share.test.ts",
    testName:
      "the share of a holder, while others use several workers > shrinks when such a holder comes: a worker gives back the slot that it kept",
  },
  {
    rule: "… and use what is free when it has gone",
    breaks: [{ file: CLAIM, text: "if used + 1 < share then called", becomes: "if false then called" }],
    testFile: "streams/share.test.ts",
    testName:
      "the share of a holder, while others use several workers > grows when they are gone: a claim calls another test for a slot that is free",
  },
];
