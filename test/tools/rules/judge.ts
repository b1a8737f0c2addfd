import type { Rule } from "./rule.ts";
import { idOf, type Report } from "./vitest.ts";

/** Whether a rule's test has failed on the broken code, and the reason. */
export interface Verdict {
  readonly isCaught: boolean;
  readonly why: string;
}

/** vitest's message at the end of a test's time limit. */
const TIME_IS_OVER = /^(\w*Error: )?Test timed out/;

/** The verdict on a run of a rule's test on broken code. @param report undefined if the run was ended */
export function judge(rule: Rule, report: Report | undefined): Verdict {
  if (report === undefined) return hung(rule);
  const ran = report.tests.get(idOf(rule));
  if (ran === undefined || ran.status === "skipped") {
    return { isCaught: false, why: `the test did not run: ${firstLine(report.problems[0] ?? "no test of this name")}` };
  }
  if (ran.status === "passed") return { isCaught: false, why: "the test passes" };
  return TIME_IS_OVER.test(ran.message) ? hung(rule) : { isCaught: true, why: firstLine(ran.message) };
}

function hung({ hangs }: Rule): Verdict {
  return { isCaught: hangs === true, why: hangs ? "it hangs, as is said of it" : "the test hangs, and says nothing" };
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, 160);
}
