import { beforeAll, beforeEach } from "vitest";
import type { EmulatorReply } from "../../functions/emulator/protocol.ts";
import type { Manifest } from "../../functions/packages/manifest.ts";
import { keys } from "../../functions/platform/keys.ts";
import { builtIn } from "../simulation/support.ts";
import { useCacheStack } from "../support/cache.ts";
import type { CacheStack } from "../support/cache-stack.ts";
import { FakeFunction, publishCopy } from "../support/fake-model.ts";
import { answerTo, ask, create, samplesOf, selectedPackage, type WorkOptions, work } from "./model-test.ts";

export const testcase1 = builtIn("testcase1");

export const FAILED = {
  ok: false,
  failure: "crash",
  message: "the model's process was ended by SIGSEGV",
  log: ["first words", "last words"],
} as const satisfies EmulatorReply;

/** Tests on a package that is a copy of testcase1, whose model runs in this process. */
export class PackageTests {
  readonly stack: () => CacheStack;
  #copy: Manifest | undefined;
  model = new FakeFunction(testcase1, 0);

  constructor(stack: () => CacheStack) {
    this.stack = stack;
  }

  get copy(): Manifest {
    if (this.#copy === undefined) throw new Error("The package is there only within tests");
    return this.#copy;
  }

  async publish(): Promise<void> {
    this.#copy = await publishCopy(this.stack().bucket, testcase1);
  }

  run(testid: string, options: WorkOptions = {}): Promise<string> {
    return work(this.stack(), testid, { invoke: this.model.invoke, ...options });
  }

  async field(testid: string, name: string): Promise<string> {
    return String(await this.stack().fixture.redis.command(["HGET", keys.test(testid), name]));
  }

  /** A running test on the copy. */
  async started(): Promise<string> {
    const { testid } = await create(this.stack(), selectedPackage(this.copy, testcase1));
    const outcome = await this.run(testid);
    if (outcome !== "done") throw new Error(`The start is ${outcome}`);
    this.model.requests.length = 0;
    return testid;
  }

  /** Asks for an advance and has it carried out. */
  async advanced(testid: string, options: WorkOptions = {}) {
    const requestid = await ask(this.stack(), testid, "advance");
    await this.run(testid, options);
    return await answerTo(this.stack(), testid, requestid);
  }

  /** Everything that a test comes to, but what names it and how its emulator's state is written. */
  async outcome(testid: string) {
    const { emulator: _, ...state } = JSON.parse(await this.field(testid, "state")) as Record<string, unknown>;
    const [points, time, step, scenario] = await Promise.all(
      ["points", "time", "step", "scenario"].map((name) => this.field(testid, name)),
    );
    return { state, points, time, step, scenario, samples: await samplesOf(this.stack(), testid) };
  }
}

/** One stack and one package for the tests of a file, and a model for each. */
export function usePackageTests(): PackageTests {
  const tests = new PackageTests(useCacheStack());
  beforeAll(() => tests.publish());
  beforeEach(() => {
    tests.model = new FakeFunction(testcase1, 0);
  });
  return tests;
}
