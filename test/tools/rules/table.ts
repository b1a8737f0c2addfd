/** A row of test/README.md: a rule and the test that fails when the rule is broken. */
export interface Row {
  readonly rule: string;
  readonly testFile: string;
  readonly testName: string;
}

/** The rows of all tables of rules, in their order. */
export function readTable(markdown: string): Row[] {
  const rows = markdown.matchAll(/^\| (?<rule>[^|]+) \| `(?<testFile>[^`|]+\.test\.ts)` \| (?<testName>[^|]+) \|$/gm);
  return [...rows].map(({ groups = {} }) => {
    const { rule = "", testFile = "", testName = "" } = groups;
    return { rule, testFile, testName };
  });
}
