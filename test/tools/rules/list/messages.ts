import type { Rule } from "../rule.ts";

const CARRY_OUT = "functions/api/endpoints/batch/carry-out.ts";
const MESSAGES = "functions/api/endpoints/batch/messages.ts";
const TESTS = "integration/batch.test.ts";
const SELECT = "integration/limits.test.ts";

/** Many messages in one call, over the WebSocket, and many tests by one select. */
export const messages: readonly Rule[] = [
  {
    rule: "messages to one test take effect in their order, those that must wait included",
    breaks: [{ file: CARRY_OUT, text: "if (!isAtRest) return;", becomes: "if (!isAtRest) continue;" }],
    testFile: TESTS,
    testName: "POST /batch > sends a client on that does not wait, and goes on with what could not be sent yet",
  },
  {
    rule: "… each once under the batch's Idempotency-Key",
    breaks: [{ file: CARRY_OUT, text: "const key = batch.key ?? (", becomes: "const key = undefined ?? (" }],
    testFile: TESTS,
    testName: "POST /batch > takes effect once under an Idempotency-Key, however often it is sent",
  },
  {
    rule: "… or under its own, over whatever connection it comes",
    breaks: [{ file: MESSAGES, text: "item.idempotencyKey ?? (", becomes: "undefined ?? (" }],
    testFile: TESTS,
    testName: "/ws > takes a message once under its own Idempotency-Key, over whatever connection it comes again",
  },
  {
    rule: "messages to tests that are remembered take one round trip together",
    breaks: [
      {
        file: "functions/platform/rounds.ts",
        text: "&& this.#waiting.size === this.#tasks.size) this.#send();",
        becomes: ") this.#send();",
      },
    ],
    testFile: "platform/rounds.test.ts",
    testName: "tasks that take their time between two calls share two round trips, and each gets its own replies",
  },
  {
    rule: "… as all that is sent for them does",
    breaks: [
      {
        file: CARRY_OUT,
        text: "call, { ...context, redis }, isAgain, bells",
        becomes: "call, context, isAgain, bells",
      },
    ],
    testFile: TESTS,
    testName:
      "POST /batch > advances 16 tests in 2 round trips, or 1 where the process remembers them, without a message",
  },
  {
    rule: "one that is refused is refused alone",
    breaks: [{ file: CARRY_OUT, text: "await refuse(item, error, request, context);", becomes: "throw error;" }],
    testFile: TESTS,
    testName: "POST /batch > refuses alone what is wrong with one message",
  },
  {
    rule: "an unknown test is told before a wrong message",
    breaks: [{ file: CARRY_OUT, text: "error.status === 400", becomes: "error.status === 1" }],
    testFile: TESTS,
    testName: "POST /batch > refuses alone what is wrong with one message",
  },
  {
    rule: "a batch has a limit",
    breaks: [
      {
        file: "functions/api/endpoints/batch/batch.ts",
        text: "messages.length > MAX_MESSAGES",
        becomes: "messages.length > 1000 * MAX_MESSAGES",
      },
    ],
    testFile: TESTS,
    testName:
      "POST /batch > is refused as a whole where it is no list, or too long a one, and an empty one is answered by an empty one",
  },
  {
    rule: "… and so has a list over the WebSocket",
    breaks: [
      {
        file: "functions/api/socket/socket.ts",
        text: "messages.length > MAX_MESSAGES",
        becomes: "messages.length > 1000 * MAX_MESSAGES",
      },
    ],
    testFile: TESTS,
    testName: "/ws > answers once, without a responseid, what is no JSON or too much",
  },
  {
    rule: "… whose messages and frames have one, too",
    breaks: [
      {
        file: "infra/local/api-gateway/web-socket.ts",
        text: "opened?.close(1009,",
        becomes: "opened?.close(1000,",
      },
    ],
    testFile: "infra/web-socket.test.ts",
    testName:
      "the local WebSocket API > ends a connection by a frame of more than 32 KB, with 1009, and calls no function",
  },
  {
    rule: "an account's key in a message is never stored",
    breaks: [
      { file: CARRY_OUT, text: "({ authorization: _never, ...item }) => item", becomes: "({ ...item }) => item" },
    ],
    testFile: TESTS,
    testName:
      "POST /batch > keeps no account's key: a message that has one, and must wait, is refused when its batch is put by",
  },
  {
    rule: "over the WebSocket, too, a test of an account is forked by that account only",
    breaks: [
      {
        file: "functions/api/endpoints/fork.ts",
        text: "if (user === ANONYMOUS || user === caller) return;",
        becomes: "if (user === ANONYMOUS || user !== caller) return;",
      },
    ],
    testFile: TESTS,
    testName: "/ws > gives the rights that HTTP gives, by a key within the message: to fork a test of an account",
  },
  {
    rule: "a select of many is answered when all run",
    breaks: [
      {
        file: "functions/api/endpoints/batch/batch.ts",
        text: "  if (isDone(made)) {",
        becomes: "  if (isDone(made) || made.isSelect) {",
      },
    ],
    testFile: SELECT,
    testName:
      "many tests by one select > are waited for as one is: 202 with their ids at once, then the place that answers when all run; or 303 to it",
  },
  {
    rule: "… and leaves none where one cannot start",
    breaks: [
      {
        file: "functions/api/endpoints/batch/starts.ts",
        text: "if (status < 400 || NOT_KEPT.includes(status)) continue;",
        becomes: "if (status < 1000 || NOT_KEPT.includes(status)) continue;",
      },
    ],
    testFile: SELECT,
    testName: "many tests by one select > are none where one cannot start",
  },
  {
    rule: "what a batch answers by reference can be fetched where the batch was sent",
    breaks: [
      {
        file: "infra/local/api-gateway/storage-path.ts",
        text: "|^\\/batch\\/?$|",
        becomes: "|^\\/nowhere$|",
      },
    ],
    testFile: "integration/one-address.test.ts",
    testName: "through the one address that a client used, go > the API and large answers",
  },
];
