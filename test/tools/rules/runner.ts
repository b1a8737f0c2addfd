import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../../infra/programs/problem.ts";
import type { Watchdog } from "../../../infra/programs/watchdog.ts";
import { applyBreaks } from "./copy.ts";
import { judge } from "./judge.ts";
import { misfit, type Rule } from "./rule.ts";
import { idOf, type Ran, runTests } from "./vitest.ts";

/** The time limit of a test on broken code: at least this, or a multiple of its time before, ms. */
const LEAST_MS = 60_000;
const TIMES = 5;
/** The time limit of all tests together on unbroken code, ms. */
const UNBROKEN_MS = 3_600_000;

/** The outcome of breaking a rule. `NOT GREEN`: its test fails on unbroken code. */
export interface Outcome {
  readonly outcome: "caught" | "NOT CAUGHT" | "DOES NOT APPLY" | "NOT GREEN";
  readonly why: string;
}

/** Runs the tests of rules in copies of the project, first on unbroken code. */
export class Runner {
  readonly #watchdog: Watchdog;
  readonly #signal: AbortSignal;
  /** Results by the tests' ids. */
  #unbroken: ReadonlyMap<string, Ran> = new Map();

  /** @param signal ends running tests; every call then throws its reason */
  constructor(watchdog: Watchdog, signal: AbortSignal) {
    this.#watchdog = watchdog;
    this.#signal = signal;
  }

  /** Runs the tests of all rules on unbroken code. @returns the number of tests, and of those that pass */
  async runUnbroken(rules: readonly Rule[], tree: string): Promise<{ wanted: number; green: number }> {
    const wanted = new Map(rules.map((rule) => [idOf(rule), rule]));
    const report = await runTests(tree, [...wanted.values()], this.#watchdog, this.#signal, { runMs: UNBROKEN_MS });
    if (report === undefined) throw new Problem("The tests do not come to an end on what is not broken");
    this.#unbroken = report.tests;
    return { wanted: wanted.size, green: [...wanted.keys()].filter((id) => this.#isGreen(id)).length };
  }

  /** Breaks one rule, runs its test, and restores the code. After `runUnbroken`. */
  async breakOne(rule: Rule, tree: string): Promise<Outcome> {
    const why = misfitOf(rule, tree);
    if (why !== undefined) return { outcome: "DOES NOT APPLY", why };
    const before = this.#unbroken.get(idOf(rule));
    if (before?.status !== "passed") {
      return { outcome: "NOT GREEN", why: `its test was ${before?.status ?? "not found"} before anything was broken` };
    }
    const testMs = Math.max(LEAST_MS, TIMES * Math.ceil(before.durationMs));
    const putBack = applyBreaks(tree, rule.breaks);
    try {
      const report = await runTests(tree, [rule], this.#watchdog, this.#signal, { testMs, runMs: testMs });
      const verdict = judge(rule, report);
      return { outcome: verdict.isCaught ? "caught" : "NOT CAUGHT", why: verdict.why };
    } finally {
      putBack();
    }
  }

  #isGreen(id: string): boolean {
    return this.#unbroken.get(id)?.status === "passed";
  }
}

function misfitOf({ breaks }: Rule, tree: string): string | undefined {
  for (const each of breaks) {
    const path = join(tree, each.file);
    const found = misfit(each, existsSync(path) ? readFileSync(path, "utf8") : undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}
