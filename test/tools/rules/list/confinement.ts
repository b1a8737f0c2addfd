import type { Rule } from "../rule.ts";

const SERVICE = "functions/emulator/emulator.ts";
const HOST = "functions/emulator/host-process.ts";
const [CONFINE, CALLS] = ["infra/native/host/confine.c", "infra/native/host/calls.c"];

/** What a compiled model may do. */
export const confinement: readonly Rule[] = [
  {
    rule: "a model does not see the environment of the function",
    breaks: [{ file: HOST, text: "env: { GLIBC_TUNABLES },", becomes: "env: process.env," }],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "a model that looks around finds no secret, no other process, no network and no descriptor of others",
  },
  {
    rule: "… and no descriptor of others",
    breaks: [
      {
        file: CONFINE,
        text: "close_range(PACKAGE, ~0u, 0);",
        becomes: "",
      },
    ],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "a model that looks around finds no secret, no other process, no network and no descriptor of others",
  },
  {
    rule: "… writes nowhere else",
    breaks: [
      {
        file: "infra/native/host/files.c",
        text: "allow(ruleset, room->scratch, all);",
        becomes: 'allow(ruleset, "/tmp", all);',
      },
    ],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "a model that writes outside of its folder writes nothing",
  },
  {
    rule: "… and nowhere at all where there is no Landlock",
    breaks: [{ file: CONFINE, text: "restrict_calls(files)", becomes: "restrict_calls(true)" }],
    testFile: "emulator/no-landlock.test.ts",
    testName:
      "where there is no Landlock, a model writes no files, neither outside of its folder nor in it, and is run",
  },
  {
    rule: "… and starts nothing",
    breaks: [{ file: CALLS, text: "SYS_read, SYS_write,", becomes: "SYS_read, SYS_write, SYS_execve," }],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "a model starts no processes and no programs",
  },
  {
    rule: "… changes no file's owner, rights or times",
    breaks: [{ file: CALLS, text: "SYS_read, SYS_write,", becomes: "SYS_read, SYS_write, SYS_utimensat," }],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "a model changes neither files' owners, rights and times nor the clock, and is not root",
  },
  {
    rule: "… fills no disk",
    breaks: [{ file: HOST, text: "if (reason === undefined) return undefined;", becomes: "return undefined;" }],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "a model that writes more than it may is ended: hide",
  },
  {
    rule: "… and computes only during a call",
    breaks: [{ file: HOST, text: 'this.#child.kill("SIGSTOP");', becomes: "" }],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "a thread that goes on computing after its call is stopped, until the next call",
  },
  {
    rule: "a model's own reason for a failure is read",
    breaks: [
      {
        file: "infra/native/host/fmi2.c",
        text: "&callbacks, false, true)",
        becomes: "&callbacks, false, false)",
      },
    ],
    testFile: "emulator/logging.test.ts",
    testName: "a model that speaks only while logging is on is heard when its step fails",
  },
  {
    rule: "a process that is killed from outside is no failure of its model",
    breaks: [
      {
        file: SERVICE,
        text: "return error instanceof ProcessEnded ? new Ended(reply) : reply;",
        becomes: "return reply;",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName:
      "a model's process that is killed from outside > costs a step nothing but time: it is computed once more, in a fresh process",
  },
  {
    rule: "the function's own process is closed to others",
    breaks: [
      {
        file: "infra/native/hide.c",
        text: "prctl(PR_SET_DUMPABLE, 0,",
        becomes: "prctl(PR_SET_DUMPABLE, 1,",
      },
    ],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "the function's own process cannot be looked into by others of the same user",
  },
  {
    rule: "libraries that older models need are found",
    breaks: [
      {
        file: "functions/emulator/orders.ts",
        text: "    words(dependencies.length),\n    ...dependencies.map((path) => text(inPackage(files, path))),\n",
        becomes: "    words(0),\n",
      },
    ],
    testFile: "emulator/libraries.test.ts",
    testName: "a model of an old compiler loads: fortran3",
  },
  {
    rule: "… libraries of developers' machines are missing",
    breaks: [
      {
        file: "functions/emulator/dependencies.ts",
        text: "if (path === undefined) throw missing(file, name, needs.runPath);",
        becomes: "if (path === undefined) continue;",
      },
    ],
    testFile: "emulator/libraries.test.ts",
    testName: "a library that a model needs > and that this machine has, but Lambda has not, is missing here as well",
  },
];
