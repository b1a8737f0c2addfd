import type { Rule } from "../rule.ts";

const MODEL_EXCHANGE = "infra/native/host/model_exchange.c";
const SERVICE = "functions/emulator/emulator.ts";
const POOL = "functions/emulator/pool.ts";
const [VERIFY, VERIFIER] = ["functions/emulator/verify.ts", "functions/emulator/verifier.ts"];
const CHILD = "functions/emulator/model-child.ts";
const HOST = "functions/emulator/host-process.ts";
const [CONFINE, CALLS] = ["infra/native/host/confine.c", "infra/native/host/calls.c"];

/** Running compiled models. */
export const emulator: readonly Rule[] = [
  {
    rule: "how a model's step is cut changes no bit",
    breaks: [
      {
        file: "functions/emulator/live-model.ts",
        text: "restedAt: this.#continues(grid, inputs, from) };",
        becomes: "restedAt: null };",
      },
    ],
    testFile: "emulator/exactness.test.ts",
    testName: "bit for bit > cutting a step changes nothing, warm or fresh: me",
  },
  {
    rule: "what is replayed reads its outputs again",
    breaks: [
      {
        file: "functions/emulator/live-model.ts",
        text: "const wanted = { samples: true, capture: before === intervals ? this.#captures : null };",
        becomes: "const wanted = { samples: false, capture: before === intervals ? this.#captures : null };",
      },
    ],
    testFile: "emulator/exactness.test.ts",
    testName: "bit for bit > a test that stays warm is one of fresh processes: iterates",
  },
  {
    rule: "the integrator begins anew at each rest",
    breaks: [
      {
        file: "infra/native/host/cvode.c",
        text: "DO(it, CVodeReInit, it->memory, time, it->vector);",
        becomes: "static int times;\n  if (times++ == 0) DO(it, CVodeReInit, it->memory, time, it->vector);",
      },
    ],
    testFile: "emulator/exactness.test.ts",
    testName: "bit for bit > a test that stays warm is one of fresh processes: me",
  },
  {
    rule: "… with the tolerances that are in force there",
    breaks: [
      {
        file: MODEL_EXCHANGE,
        text: "if (have_nominals_changed) read_nominals();\n",
        becomes: "",
      },
    ],
    testFile: "emulator/exactness.test.ts",
    testName: "bit for bit > a test that stays warm is one of fresh processes: me-nominals",
  },
  {
    rule: "a sample at the time of an event is taken before it",
    breaks: [{ file: MODEL_EXCHANGE, text: "if (time >= to) {", becomes: "if (time > to) {" }],
    testFile: "emulator/agreement.test.ts",
    testName: "me with tolerance 1e-10 and the same equations in TypeScript > agree to 1e-4 relative: PFan_y",
  },
  {
    rule: "an evaluation that is discarded is tried at a shorter step",
    breaks: [
      { file: "infra/native/host/integrand.c", text: "if (status == DISCARD) return RECOVERABLE;", becomes: "" },
    ],
    testFile: "emulator/model-exchange.test.ts",
    testName:
      "of Model Exchange, a model may > refuse to be evaluated now and then: the integrator tries a shorter step",
  },
  {
    rule: "columns of a Jacobian that share a row are not found by one evaluation",
    breaks: [
      {
        file: "functions/emulator/colouring.ts",
        text: "!own.some((row) => taken.has(row))",
        becomes: "own.length > 0",
      },
    ],
    testFile: "emulator/jacobian.test.ts",
    testName: "columns of a Jacobian are found together where no row has two of them",
  },
  {
    rule: "… of the event indicators too",
    breaks: [{ file: MODEL_EXCHANGE, text: "if (!(longest > LEAST_STEP))", becomes: "if (longest > LEAST_STEP)" }],
    testFile: "emulator/model-exchange.test.ts",
    testName: "of Model Exchange, a model may > refuse its event indicators now and then: a shorter step is tried",
  },
  {
    rule: "a step that is pending is waited for",
    breaks: [
      {
        file: "infra/native/host/fmi2.c",
        text: "if (status == PENDING) status",
        becomes: "if (status == OK) status",
      },
    ],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "a step that is pending is waited for",
  },
  {
    rule: "every other status ends the step",
    breaks: [
      {
        file: "infra/native/host/instance.c",
        text: "if (status != OK && status != WARNING)",
        becomes: "if (status != OK && status != WARNING && status != ERROR)",
      },
    ],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "stops nothing but itself, and the reply says why: a model that > reports an error",
  },
  {
    rule: "states are given back to the model",
    breaks: [
      {
        file: "infra/native/host/instance.c",
        text: "CALL(FreeFMUstate, &state);\n  *length",
        becomes: "*length",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName: "over 10,000 steps the process of a model takes no more memory",
  },
  {
    rule: "a live process continues only from its current state",
    breaks: [
      {
        file: SERVICE,
        text: "child.packageHash === hash && child.isAt(state)",
        becomes: "child.packageHash === hash",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName: "an instance > serves tests in turn with one process, each as if it were alone",
  },
  {
    rule: "an instance serves one owner only",
    breaks: [{ file: SERVICE, text: "return this.#owner === owner;", becomes: "return true;" }],
    testFile: "emulator/service.test.ts",
    testName: "an instance > that has run one owner's package runs no other owner's ever",
  },
  {
    rule: "… keeps no more processes than its limit",
    breaks: [
      {
        file: POOL,
        text: "for (const each of idle.slice(0, Math.max(0, this.#children.length - this.#most))) each.kill();",
        becomes: "",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName: "an instance > keeps no more processes than it may",
  },
  {
    rule: "… and ends those that wait when memory is short",
    breaks: [{ file: POOL, text: "if (taken <= bytes) return;", becomes: "if (taken <= bytes || true) return;" }],
    testFile: "emulator/service.test.ts",
    testName: "an instance > ends models that wait when another needs the memory",
  },
  {
    rule: "a package's content has the hash of its name",
    breaks: [
      {
        file: "functions/emulator/package-store.ts",
        text: 'if (digest.digest("hex") !== hash) throw',
        becomes: "if (false) throw",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName: "a package > that is another than its hash says is not used",
  },
  {
    rule: "… and nothing of a hostile one is unpacked: of too many bytes",
    breaks: [
      { file: "functions/emulator/unpack.ts", text: "if (bytes > unpackedBytes) throw", becomes: "if (false) throw" },
    ],
    testFile: "emulator/service.test.ts",
    testName: "a package > that is hostile is not unpacked: zip-bomb",
  },
  {
    rule: "… too many files",
    breaks: [
      {
        file: "functions/emulator/unpack.ts",
        text: "if (archive.entryCount > most) throw",
        becomes: "if (false) throw",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName: "a package > that is hostile is not unpacked: many-files",
  },
  {
    rule: "… or with links",
    breaks: [
      {
        file: "functions/emulator/unpack.ts",
        text: "const PLAIN = [0, 0o100000];",
        becomes: "const PLAIN = [0, 0o100000, 0o120000];",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName: "a package > that is hostile is not unpacked: symbolic-link",
  },
  {
    rule: "a model ends when its time is over",
    breaks: [
      {
        file: CHILD,
        text: 'this.kill(new EmulatorError("timeout",',
        becomes: 'void (new EmulatorError("timeout",',
      },
    ],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "stops nothing but itself, and the reply says why: a model that > hang",
    hangs: true,
  },
  {
    rule: "… or its memory",
    breaks: [
      { file: HOST, text: "if (bytes > this.#memoryBytes) this.kill(this.#tookTooMuch());", becomes: "" },
      { file: HOST, text: "if (this.#isNearLimit) {", becomes: "if (false) {" },
    ],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "stops nothing but itself, and the reply says why: a model that > leaks memory without end",
  },
  {
    rule: "… or when it forges answers",
    breaks: [
      {
        file: HOST,
        text: 'this.kill(new EmulatorError("crash", "the model wrote where it must not, and was ended"));',
        becomes: "",
      },
    ],
    testFile: "emulator/misbehaviour.test.ts",
    testName: "stops nothing but itself, and the reply says why: a model that > forge",
  },
  {
    rule: "a model's directional derivatives are its Jacobian",
    breaks: [
      {
        file: "infra/native/host/integrand.c",
        text: "bool is_known = model.derivative_references != NULL;",
        becomes: "bool is_known = false;",
      },
    ],
    testFile: "emulator/directional.test.ts",
    testName:
      "a model's directional derivatives: me-directional > are its Jacobian: one call takes the place of one evaluation, and the results are the same within the tolerance",
  },
  {
    rule: "… in the unit of each state",
    breaks: [
      {
        file: "infra/native/host/integrand.c",
        text: "for (uint32_t i = 0; i < model.states; i++) it->scratch[i] = 1;",
        becomes: "for (uint32_t i = 0; i < model.states; i++) it->scratch[i] = 2;",
      },
    ],
    testFile: "emulator/directional.test.ts",
    testName:
      "a model's directional derivatives: me-directional > are its Jacobian: one call takes the place of one evaluation, and the results are the same within the tolerance",
  },
  {
    rule: "… unless it discards them: then it is made of difference quotients",
    breaks: [
      {
        file: "infra/native/host/integrand.c",
        text: "if (!*is_known) return FINE;",
        becomes: "if (!*is_known) return RECOVERABLE;",
      },
    ],
    testFile: "emulator/directional.test.ts",
    testName: "where a model discards them, difference quotients take their place, with the bits that these have",
  },
  {
    rule: "a model computes the same bits on every processor",
    breaks: [
      { file: HOST, text: ",-AVX2,-FMA,", becomes: "," },
      { file: HOST, text: "hwcaps=-AVX,", becomes: "hwcaps=" },
    ],
    testFile: "emulator/processors.test.ts",
    testName: "cs-libm, kept as shared > has the same bits on a processor without AVX2 and FMA: states and samples",
  },
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
  {
    rule: "only a fresh process is put to a state, unless the model was verified for more",
    breaks: [
      { file: SERVICE, text: 'if (model.keeps === "shared") return', becomes: 'if (model.keeps !== "image") return' },
    ],
    testFile: "emulator/service.test.ts",
    testName:
      "an instance > puts only fresh processes to a state, unless it is known that the model keeps nothing beside it",
  },
  {
    rule: "… and is initialized at the state's own time",
    breaks: [
      {
        file: "functions/emulator/live-model.ts",
        text: 'course === null || state.kind === "image" ? start : gridTime(course.grid, course.from)',
        becomes: "start",
      },
    ],
    testFile: "emulator/service.test.ts",
    testName:
      "an instance > initializes a fresh process at the time of the state that it is put to, not where the test began",
  },
  {
    rule: "a history that a model has forged blocks no other test",
    breaks: [
      {
        file: "functions/emulator/history.ts",
        text: "if (runs > MAX_RUNS || intervals > MAX_INTERVALS)",
        becomes: "if (false)",
      },
    ],
    testFile: "emulator/encoding.test.ts",
    testName: "what was done with a model > may be forged by a model, and > is refused if it is longer than any test",
  },
  {
    rule: "a candidate begins at the rollout's state, not where another one left the model",
    breaks: [
      {
        file: CHILD,
        text: "if (state !== undefined) await this.#restore(state, limitMs);\n        return await this.#live.tryOut(steps);",
        becomes: "return await this.#live.tryOut(steps);",
      },
    ],
    testFile: "emulator/candidates.test.ts",
    testName: "candidates from one state, of cs-replay (image) > come to the same bits as each step in a fresh process",
  },
  {
    rule: "… and of candidates that are computed together, one that fails fails alone",
    breaks: [
      {
        file: "functions/emulator/candidates.ts",
        text: "if (error instanceof EmulatorError) return null;",
        becomes: "",
      },
    ],
    testFile: "emulator/candidates.test.ts",
    testName: "candidates from one state > fail alone where one does: crash",
  },
  {
    rule: "… and is computed by itself, where its failure is told, and no other is",
    breaks: [
      {
        file: "functions/lifecycle/rollouts/look-ahead.ts",
        text: "this.#tried.set(candidate + i, each);",
        becomes: "if (each !== undefined) this.#tried.set(candidate + i, each);",
      },
    ],
    testFile: "lifecycle/rollouts/together.test.ts",
    testName:
      "candidates of a model that are computed together > of which one fails among others: it is computed by itself, and nothing else is",
  },
  {
    rule: "intake compares the restored model with the live one",
    breaks: [
      {
        file: VERIFIER,
        text: "if (Buffer.compare(outcome.samples, after.samples) === 0) return undefined;",
        becomes: "if (outcome.samples.length > 0) return undefined;",
      },
    ],
    testFile: "emulator/verify.test.ts",
    testName:
      "a model's state > that leaves out what the model keeps beside it is found out, with point, time and by how much",
  },
  {
    rule: "… and what a model serializes is not relied on if it keeps memory beside it",
    breaks: [
      {
        file: VERIFY,
        text: 'if (fresh.different !== undefined) return { keeps: "replayed",',
        becomes: 'if (fresh.different !== undefined) return { keeps: "serialized",',
      },
    ],
    testFile: "emulator/verify.test.ts",
    testName:
      "a model's state > that leaves out what the model keeps beside it is found out, with point, time and by how much",
  },
  {
    rule: "… nor is an image of its memory that is not its state",
    breaks: [
      {
        file: "functions/emulator/verify-image.ts",
        text: "if (fresh.different !== undefined) return",
        becomes: "if (fresh.different === null) return",
      },
      {
        file: "functions/emulator/verify-image.ts",
        text: "if (shared.different !== undefined) return",
        becomes: "if (shared.different === null) return",
      },
      // Who differs is compared no further, so that there are too few hours as well.
      {
        file: "functions/emulator/verify-image.ts",
        text: "if (!isEnough || covered.fresh < Math.min(LEAST_FRESH, processes))",
        becomes: "if (covered.hours < 0)",
      },
    ],
    testFile: "emulator/verify.test.ts",
    testName: "a model's state > of which no two runs are equal cannot even be replayed: the model is refused",
  },
  {
    rule: "an image is put only into the memory that it was taken from",
    breaks: [
      {
        file: "infra/native/host/image.c",
        text: "if (get_word(&from) != base.hash)",
        becomes: "if (get_word(&from) == 0)",
      },
    ],
    testFile: "emulator/image.test.ts",
    testName: "an image > that is of another memory is refused, and what was done since is done again",
  },
  {
    rule: "… and only beside the same libraries",
    breaks: [
      {
        file: SERVICE,
        text: "place === undefined || place.layout === known;",
        becomes: "place === undefined || place.layout !== known;",
      },
    ],
    testFile: "emulator/image.test.ts",
    testName:
      "an image > that was taken beside other libraries, or at other addresses, is not used: the history is, and an image follows",
  },
  {
    rule: "no image is taken of a model with threads",
    breaks: [{ file: "infra/native/host/heap.c", text: "has_threads = true;", becomes: "has_threads = false;" }],
    testFile: "emulator/image.test.ts",
    testName: "an image > is not taken of a model that starts a thread: its history is kept from then on",
  },
  {
    rule: "… and is refused if two equal runs of it differ",
    breaks: [{ file: VERIFY, text: "if (different === undefined) return verdict;", becomes: "return verdict;" }],
    testFile: "emulator/verify.test.ts",
    testName: "a model's state > of which no two runs are equal cannot even be replayed: the model is refused",
  },
  {
    rule: "… over a day at least",
    breaks: [
      {
        file: VERIFY,
        text: "covered.hours < leastHours || covered.fresh < Math.min(LEAST_FRESH, processes)",
        becomes: "false",
      },
    ],
    testFile: "emulator/verify.test.ts",
    testName: "a model's state > of which less than a day could be compared is not relied on",
  },
  {
    rule: "… and a step that is computed both ways has equal results, or fails",
    breaks: [
      {
        file: SERVICE,
        text: "if (Buffer.compare(again.samples, samples) === 0) return { checked: true };",
        becomes: "if (again.samples.length > 0) return { checked: true };",
      },
    ],
    testFile: "emulator/fallback.test.ts",
    testName: "a step that is computed both ways > shows a model that keeps something beside its state",
  },
  {
    rule: "a model that cannot restore its state repeats its history",
    breaks: [
      {
        file: "functions/emulator-client/emulator.ts",
        text: "return error.isRestoring && [",
        becomes: "return !error.isRestoring && [",
      },
    ],
    testFile: "lifecycle/simulate/model-failures.test.ts",
    testName: "a state that the model cannot go on from > is tried again, and then what was done is done again: crash",
  },
];
