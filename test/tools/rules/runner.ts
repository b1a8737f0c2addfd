import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../../infra/programs/problem.ts";
import type { Watchdog } from "../../../infra/programs/watchdog.ts";
import { applyBreaks } from "./copy.ts";
import { judge } from "./judge.ts";
import { misfit, type Rule } from "./rule.ts";
import { idOf, type Ran, runTests } from "./vitest.ts";

/** For a test on broken code: so long, or so many times what it took before, ms. */
const LEAST_MS = 60_000;
const TIMES = 5;
/** For all tests together on what is not broken, ms. */
const UNBROKEN_MS = 3_600_000;

/** What came of breaking a rule. `NOT GREEN`: its test does not even pass on what is not broken. */
export interface Outcome {
  readonly outcome: "caught" | "NOT CAUGHT" | "DOES NOT APPLY" | "NOT GREEN";
  readonly why: string;
}

/** Runs the tests of rules in copies of the project, on what is not broken first. */
export class Runner {
  readonly #watchdog: Watchdog;
  readonly #signal: AbortSignal;
  /** By the tests' ids. */
  #unbroken: ReadonlyMap<string, Ran> = new Map();

  /** @param signal ends what runs; every call throws its reason then */
  constructor(watchdog: Watchdog, signal: AbortSignal) {
    this.#watchdog = watchdog;
    this.#signal = signal;
  }

  /** Runs the tests of all rules before anything is broken. @returns how many there are, and how many pass */
  async runUnbroken(rules: readonly Rule[], tree: string): Promise<{ wanted: number; green: number }> {
    const wanted = new Map(rules.map((rule) => [idOf(rule), rule]));
    const report = await runTests(tree, [...wanted.values()], this.#watchdog, this.#signal, { runMs: UNBROKEN_MS });
    if (report === undefined) throw new Problem("The tests do not come to an end on what is not broken");
    this.#unbroken = report.tests;
    return { wanted: wanted.size, green: [...wanted.keys()].filter((id) => this.#isGreen(id)).length };
  }

  /** Breaks one rule, runs its test, and mends the rule. After `runUnbroken`. */
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
