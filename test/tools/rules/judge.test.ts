import { describe, expect, it } from "vitest";
import { judge } from "./judge.ts";
import type { Rule } from "./rule.ts";
import { idOf, type Ran, type Report } from "./vitest.ts";

const rule: Rule = { rule: "a rule", breaks: [], testFile: "a.test.ts", testName: "it > holds" };
const report = (ran?: Partial<Ran>): Report => {
  const tests =
    ran === undefined ? [] : [[idOf(rule), { status: "failed", durationMs: 1, message: "", ...ran }] as const];
  return { tests: new Map(tests), problems: ["SyntaxError: not a module"] };
};

describe("a rule's breaking is caught", () => {
  it("where its test fails by what it says", () => {
    expect(judge(rule, report({ message: "AssertionError: 1 is not 2\n    at …" }))).toEqual({
      isCaught: true,
      why: "AssertionError: 1 is not 2",
    });
    expect(judge(rule, report({ message: "Error: Not within 20000 ms: an answer" })).isCaught).toBe(true);
  });

  it("not where it passes", () => {
    expect(judge(rule, report({ status: "passed" })).isCaught).toBe(false);
  });

  it("not where it did not run: the break is no program, or nothing before the test works", () => {
    expect(judge(rule, report({ status: "skipped" })).isCaught).toBe(false);
    expect(judge(rule, report())).toEqual({
      isCaught: false,
      why: "the test did not run: SyntaxError: not a module",
    });
  });

  it("by a test that hangs, where that is said of it alone", () => {
    for (const hung of [undefined, report({ message: "TestTimeoutError: Test timed out in 60000ms.\nIf this is …" })]) {
      expect(judge(rule, hung).isCaught).toBe(false);
      expect(judge({ ...rule, hangs: true }, hung).isCaught).toBe(true);
    }
  });
});
