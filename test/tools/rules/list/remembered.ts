import type { Rule } from "../rule.ts";

const ENQUEUE = "functions/streams/enqueue.lua";
const REMEMBERED = "functions/streams/remembered.ts";
const DIRECT = "streams/answered.test.ts";
const PROCESSES = "api/remembered.test.ts";

/** Answers that were computed from a test as a process remembers it. */
export const remembered: readonly Rule[] = [
  {
    rule: "an answer computed from memory is committed only if the remembered commit is still the last one",
    breaks: [
      {
        file: ENQUEUE,
        text: "values[1] .. ' ' .. (values[8] or '') == from",
        becomes: "values[1] == string.match(from, '^%d+')",
      },
    ],
    testFile: DIRECT,
    testName:
      "a command that brings its answer > is only enqueued, and taken by its sender, when the test has another stamp: a commit that the database has lost",
  },
  {
    rule: "… also after a commit without a stamp",
    breaks: [
      {
        file: ENQUEUE,
        text: "values[1] .. ' ' .. (values[8] or '') == from",
        becomes: "values[8] == string.match(from, ' (.*)$')",
      },
    ],
    testFile: DIRECT,
    testName: "a command that brings its answer > … or another revision",
  },
  {
    rule: "… while no worker holds the lease",
    breaks: [
      {
        file: ENQUEUE,
        text: "unanswered == 0 and redis.call('EXISTS', lease) == 0",
        becomes: "unanswered == 0",
      },
    ],
    testFile: DIRECT,
    testName: "a command that brings its answer > is only enqueued while somebody holds the lease",
  },
  {
    rule: "… past no request that waits",
    breaks: [{ file: ENQUEUE, text: "isOfThis and unanswered == 0 and", becomes: "isOfThis and" }],
    testFile: DIRECT,
    testName: "a command that brings its answer > is only enqueued behind what is unanswered",
  },
  {
    rule: "… once under its Idempotency-Key",
    breaks: [
      {
        file: ENQUEUE,
        text: "if key ~= '' then\n  local seen",
        becomes: "if key ~= '' and from == '' then\n  local seen",
      },
    ],
    testFile: DIRECT,
    testName: "a command that brings its answer > is answered once under its Idempotency-Key",
  },
  {
    rule: "… and under an id from the request stream",
    breaks: [
      {
        file: ENQUEUE,
        text: "if isAnswered and not appendAnswer(id, status, body) then\n  redis.call('XDEL', requests, id)",
        becomes:
          "if isAnswered then redis.call('XDEL', requests, id) end\nif isAnswered then\n  id = redis.call('XADD', responses, '*', 'status', status, 'body', body)",
      },
    ],
    testFile: DIRECT,
    testName: "a command that brings its answer > has its id from the request stream, so that all ids of a test rise",
  },
  {
    rule: "… which leaves the stream with it",
    breaks: [
      {
        file: ENQUEUE,
        text: "  redis.call('XDEL', requests, id)\n  saveFields",
        becomes: "  saveFields",
      },
    ],
    testFile: DIRECT,
    testName:
      "a command that brings its answer > is answered at once: request, answer, fields and chunks, as if it had been claimed and committed",
  },
  {
    rule: "… or its request waits, where Redis takes no answer",
    breaks: [
      {
        file: ENQUEUE,
        text: "if isAnswered and not appendAnswer(id, status, body) then",
        becomes: "if isAnswered then\n  appendAnswer(id, status, body)",
      },
    ],
    testFile: DIRECT,
    testName: "a command that brings its answer > is only enqueued when Redis takes no answer",
  },
  {
    rule: "it is found again when the reply is lost",
    breaks: [
      {
        file: "functions/streams/find.lua",
        text: "if redis.call('HGET', test, 'stamp') == nonce then",
        becomes: "if redis.call('HGET', test, 'stamp') == '?' then",
      },
    ],
    testFile: "faults/lost-replies.test.ts",
    testName:
      "with requests carried out from memory > an advance without a key is found again when the reply to enqueuing it is lost",
  },
  {
    rule: "each commit has a stamp of its own: a database that lost it does not come to the same one again",
    breaks: [
      {
        file: "functions/streams/work.ts",
        text: "const stamp = randomUUID();",
        becomes: "const stamp = String(claim.revision) || randomUUID();",
      },
      {
        file: "functions/streams/enqueue.ts",
        text: 'stamp: command.nonce ?? "" }',
        becomes: 'stamp: computed?.test.revision ?? "" }',
      },
    ],
    testFile: PROCESSES,
    testName:
      "what api processes remember > is of no use for a database that has lost it and counts up again, by workers",
  },
  {
    rule: "a query that adds to the test takes its stamp away",
    breaks: [
      {
        file: "functions/lifecycle/queries/drawn.lua",
        text: "'=' .. time, 'stamp', '')",
        becomes: "'=' .. time)",
      },
    ],
    testFile: PROCESSES,
    testName:
      "what api processes remember > is nothing that a query has added to since: the time at which a forecast's error was drawn",
  },
  {
    rule: "a test that other processes have changed is not answered from memory",
    breaks: [
      {
        file: ENQUEUE,
        text: "values[1] .. ' ' .. (values[8] or '') == from",
        becomes: "true",
      },
    ],
    testFile: PROCESSES,
    testName:
      "what api processes remember > changes no answer, whichever of them is asked, and whatever they forget at whatever moment",
  },
  {
    rule: "only a small step is computed before the request is sent",
    breaks: [
      {
        file: "functions/api/waiting/guess.ts",
        text: " || !isSmall(test, offer)",
        becomes: " || isSmall === undefined",
      },
    ],
    testFile: PROCESSES,
    testName: "what api processes remember > is nothing to compute from what takes long, which is a worker's",
  },
  {
    rule: "a process that guesses wrong again and again rests",
    breaks: [{ file: REMEMBERED, text: "const FEWEST_HITS = 1 / 8;", becomes: "const FEWEST_HITS = 0;" }],
    testFile: DIRECT,
    testName: "what a process remembers > is not used for a while once hardly any guess fits",
  },
  {
    rule: "a process' memory of tests is limited",
    breaks: [
      {
        file: "functions/platform/recent.ts",
        text: "if (this.#bytes <= this.#maxBytes) break;",
        becomes: "break;",
      },
    ],
    testFile: DIRECT,
    testName: "what a process remembers > is bounded: the tests used last are kept",
  },
];
