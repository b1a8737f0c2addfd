import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../../infra/bundle.ts";
import { RULES } from "./list/index.ts";
import { misfit, type Rule } from "./rule.ts";
import { type Row, readTable } from "./table.ts";
import { titlePatterns } from "./titles.ts";

/** Checks the list of rules in a moment: `npm run rules`, which breaks each rule, takes long. */

const rules: readonly Rule[] = Object.values(RULES).flat();
const table = readTable(readFileSync(join(ROOT, "test/README.md"), "utf8"));

function read(file: string): string | undefined {
  const path = join(ROOT, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The files that a test file takes its tests from, if it is but a list of them. */
function suitesOf(file: string): string[] {
  const imports = (read(`test/${file}`) ?? "").matchAll(/from "(\.\/[^"]+\.ts)"/g);
  return [...imports].map(([, path = ""]) => join(dirname(file), path));
}

describe("each rule in the list", () => {
  it("is broken by a change of what is there, once", () => {
    const breaks = rules.flatMap((rule) => rule.breaks);
    expect(breaks.flatMap((each) => misfit(each, read(each.file)) ?? [])).toEqual([]);
    expect(breaks.filter(({ text, becomes }) => text === becomes)).toEqual([]);
    expect(rules.filter((rule) => rule.breaks.length === 0)).toEqual([]);
  });

  it("names a test that is there", () => {
    const patterns = new Map<string, RegExp[]>();
    const patternsOf = (file: string) => {
      const known =
        patterns.get(file) ?? [file, ...suitesOf(file)].flatMap((each) => titlePatterns(read(`test/${each}`) ?? ""));
      patterns.set(file, known);
      return known;
    };
    const isThere = ({ testFile, testName }: Rule) => patternsOf(testFile).some((pattern) => pattern.test(testName));
    expect(rules.filter((rule) => !isThere(rule)).map(describeTest)).toEqual([]);
  });

  it("is in the README's tables, word for word, and they have no other", () => {
    expect(table.map(describeTest).toSorted()).toEqual(rules.map(describeTest).toSorted());
  });

  it("is counted in docs/reliability.md", () => {
    expect(read("docs/reliability.md")).toContain(`breaks each of ${rules.length} rules`);
  });
});

function describeTest({ rule, testFile, testName }: Rule | Row): string {
  return `${rule} | ${testFile} | ${testName}`;
}
