import type { Rule } from "../rule.ts";

const MODEL_EXCHANGE = "infra/native/host/model_exchange.c";
const SERVICE = "functions/emulator/emulator.ts";
const POOL = "functions/emulator/pool.ts";
const CHILD = "functions/emulator/model-child.ts";
const HOST = "functions/emulator/host-process.ts";

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
];
