import type { Rule } from "../rule.ts";

const COMMIT = "functions/streams/commit.lua";

/** Result chunks, segments, and the lineages that these lie in. */
export const results: readonly Rule[] = [
  {
    rule: "a restart leaves the lineage of the old results",
    breaks: [
      {
        file: COMMIT,
        text: "if rare.leaves and redis.call('SREM', KEYS[14], testid) == 1 and redis.call('EXISTS', KEYS[14]) == 0 then",
        becomes: "if false then",
      },
    ],
    testFile: "streams/commit.test.ts",
    testName: "commit > leaves the lineage when results begin anew, and puts it on the garbage if nobody else is in it",
  },
  {
    rule: "stop leaves the lineage",
    breaks: [
      {
        file: "functions/lifecycle/create-and-stop/stop.lua",
        text: "for i = 15, #KEYS do",
        becomes: "for i = 15, 14 do",
      },
    ],
    testFile: "streams/stop.test.ts",
    testName: "stop > leaves the lineage of the test's segments, and puts it on the garbage if nobody else is in it",
  },
  {
    rule: "a restart drops old chunks",
    breaks: [
      {
        file: COMMIT,
        text: "if rare.results then redis.call('DEL', results) end",
        becomes: "if rare.results == 'clear' then redis.call('DEL', results) end",
      },
    ],
    testFile: "integration/session.test.ts",
    testName: "a session > stores the samples of a warm-up, its first included",
  },
  {
    rule: "… and old segments",
    breaks: [
      { file: COMMIT, text: "if rare.results == 'restart' then redis.call('DEL', segments) end\n", becomes: "" },
    ],
    testFile: "streams/commit.test.ts",
    testName: "commit > leaves the lineage when results begin anew, and puts it on the garbage if nobody else is in it",
  },
  {
    rule: "a chunk that is packed well counts as an eighth of what it is unpacked",
    breaks: [
      {
        file: "functions/results/recorder.ts",
        text: "Math.max(length, Math.ceil(LEAST_SHARE * bytes))",
        becomes: "length",
      },
    ],
    testFile: "lifecycle/simulate/recorder.test.ts",
    testName: "the samples of a step > count as an eighth of their length at least, however well they are packed",
  },
  {
    rule: "packed samples are unpacked to the same bits",
    breaks: [{ file: "functions/results/packed.ts", text: "(low < lowBefore ? 1 : 0)", becomes: "0" }],
    testFile: "results/packed.test.ts",
    testName: "packing > keeps every bit, whatever overflows, at whatever place in memory",
  },
  {
    rule: "the step that finds a segment due writes it, and no other before it",
    breaks: [
      {
        file: "functions/results/recorder.ts",
        text: "this.#before.tailBytes < TAIL_BYTES && bytes < TAIL_BYTES",
        becomes: "this.#before.tailBytes + bytes < TAIL_BYTES",
      },
    ],
    testFile: "lifecycle/simulate/recorder.test.ts",
    testName:
      "the samples of a step > stay in Redis behind chunks that have not come to the limit, even if they do with them",
  },
  {
    rule: "… in the call that carries the step out, without a worker",
    breaks: [
      {
        file: "functions/streams/enqueue.lua",
        text: "or not values[5] then",
        becomes: "or tonumber(values[5]) >= 262144 then",
      },
    ],
    testFile: "integration/budget.test.ts",
    testName:
      "of many commands one has a segment to write: 2 round trips more, 1 object and no worker > of 250 advances two or three",
  },
  {
    rule: "… which claims it before it computes it",
    breaks: [{ file: "functions/api/waiting/guess.ts", text: " || isSegmentDue(test, offer)", becomes: "" }],
    testFile: "integration/budget.test.ts",
    testName:
      "of many commands one has a segment to write: 2 round trips more, 1 object and no worker > of 250 advances two or three",
  },
  {
    rule: "… and writes no object for what it only guesses",
    breaks: [{ file: "functions/api/waiting/guess.ts", text: "objects: readOnly(bucket)", becomes: "objects: bucket" }],
    testFile: "api/remembered.test.ts",
    testName:
      "what api processes remember > is never computed into an object, also where a step records more than was expected",
  },
  {
    rule: "a step whose segment the api cannot write is left to a worker",
    breaks: [
      {
        file: "functions/lifecycle/inline-objects.ts",
        text: "error);\n        throw new NeedsWorker();",
        becomes: 'error);\n        return "ok";',
      },
    ],
    testFile: "faults/inline-segment.test.ts",
    testName: "an api process that writes a segment > leaves the step to a worker where S3 refuses it",
  },
  {
    rule: "a checkpoint brings all its result chunks back",
    breaks: [
      {
        file: "functions/streams/include/answer.lua",
        text: "for line in string.gmatch(chunks, '[^\\n]+') do lines[#lines + 1] = line end",
        becomes: "if chunks ~= '' then lines[1] = chunks end",
      },
    ],
    testFile: "integration/checkpoints.test.ts",
    testName:
      "a checkpoint > brings everything back: state, clock, step, scenario, KPIs, results; and the same trajectory, bit for bit",
  },
  {
    rule: "… and a fork of it has them",
    breaks: [
      {
        file: "functions/lifecycle/create-and-stop/fork.lua",
        text: "for line in string.gmatch(ARGV[chunksAt], '[^\\n]+') do lines[#lines + 1] = line end",
        becomes: "if ARGV[chunksAt] ~= '' then lines[1] = ARGV[chunksAt] end",
      },
    ],
    testFile: "integration/fork.test.ts",
    testName: "a fork > of a checkpoint stands where that was made, and outlives it and its origin",
  },
  {
    rule: "an object that no test names is deleted once it is old",
    breaks: [
      { file: "functions/garbage/orphans.ts", text: "modifiedMs <= nowMs - graceMs", becomes: "modifiedMs > 0" },
    ],
    testFile: "garbage/collect.test.ts",
    testName: "segments that nobody names > go when they are old enough, of tests that live and of tests that are gone",
  },
  {
    rule: "… while no worker can come to name it",
    breaks: [
      {
        file: "functions/garbage/hold.lua",
        text: "if #KEYS > 0 and redis.call('EXISTS', unpack(KEYS)) > 0 then return { 'busy' } end\n",
        becomes: "",
      },
    ],
    testFile: "garbage/collect.test.ts",
    testName: "segments that nobody names > stay while a worker is at the test, which may be about to name them",
  },
  {
    rule: "… if no test names it even then",
    breaks: [
      {
        file: "functions/garbage/orphans.ts",
        text: "checkpoints.without(unnamed(now), now)",
        becomes: "checkpoints.without(unnamed(before), before)",
      },
    ],
    testFile: "garbage/collect.test.ts",
    testName:
      "segments that nobody names > are named in the last moment, and stay: a commit between the first look and the lease",
  },
  {
    rule: "… and no test has joined that might name it",
    breaks: [
      {
        file: "functions/garbage/orphans.ts",
        text: "if (!now.existing.every((holder) => existing.includes(holder))) return 0;",
        becomes: "",
      },
    ],
    testFile: "garbage/collect.test.ts",
    testName:
      "segments that nobody names > stay if a fork joins before the lease, which nobody holds, also where another test leaves",
  },
  {
    rule: "… and workers that were refused in the meantime are called again",
    breaks: [
      {
        file: "functions/garbage/orphans.ts",
        text: "for (const testid of existing) await ring(queue, { testid });",
        becomes: "{}",
      },
    ],
    testFile: "garbage/collect.test.ts",
    testName:
      "segments that nobody names > go while no worker can take the test, and whoever was turned away meanwhile is called again",
  },
  {
    rule: "a lineage that a test needs is no garbage",
    breaks: [
      {
        file: "functions/garbage/lineages.ts",
        text: 'Number(await redis.command(["SCARD", keys.lineage(lineage)])) > 0',
        becomes: "false",
      },
    ],
    testFile: "garbage/collect.test.ts",
    testName: "garbage > that somebody needs after all is taken off the list",
  },
  {
    rule: "long answers are written in pieces, between which others have a turn",
    breaks: [{ file: "functions/results/columns.ts", text: "      await nextTurn();\n", becomes: "" }],
    testFile: "results/columns.test.ts",
    testName:
      "long columns are written a piece at a time, and whoever else has work in the process has a turn after each",
  },
  {
    rule: "the sweeper releases its leases, also after a lost reply",
    breaks: [
      {
        file: "functions/garbage/holders.ts",
        text: "await again(() => redis.run(letGoScript, leases, [token]));",
        becomes: "await redis.run(letGoScript, leases, [token]);",
      },
    ],
    testFile: "garbage/collect.test.ts",
    testName:
      "segments that nobody names > hold up no test, though the reply is lost with which whoever clears up lets go",
  },
  {
    rule: "… and calls the workers that it has refused, also after a failure",
    breaks: [
      { file: "functions/garbage/orphans.ts", text: 'if (deleted !== "busy") for', becomes: "if (deleted) for" },
    ],
    testFile: "garbage/collect.test.ts",
    testName: "segments that nobody names > call whoever was turned away also where they cannot be deleted",
  },
  {
    rule: "no test joins a lineage while its orphans are deleted",
    breaks: [
      {
        file: "functions/lifecycle/create-and-stop/fork.lua",
        text: "== clearing then return { 'held' } end",
        becomes: "== 1 then end",
      },
    ],
    testFile: "garbage/collect.test.ts",
    testName:
      "segments that nobody names > go while nobody can fork the test: a fork might write the same, and find it there",
  },
];
