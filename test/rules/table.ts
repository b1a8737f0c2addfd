/** A row of test/README.md: a rule and the test that catches its breaking. */
export interface Row {
  readonly rule: string;
  readonly testFile: string;
  readonly testName: string;
  /** It was broken by hand: no entry of the list does it. */
  readonly isByHand: boolean;
}

/** Stands behind a rule that has no entry in the list. */
const BY_HAND = " †";

/** The rows of all tables of rules, in their order. */
export function readTable(markdown: string): Row[] {
  const rows = markdown.matchAll(/^\| (?<rule>[^|]+) \| `(?<testFile>[^`|]+\.test\.ts)` \| (?<testName>[^|]+) \|$/gm);
  return [...rows].map(({ groups = {} }) => {
    const { rule = "", testFile = "", testName = "" } = groups;
    const isByHand = rule.endsWith(BY_HAND);
    return { rule: isByHand ? rule.slice(0, -BY_HAND.length) : rule, testFile, testName, isByHand };
  });
}
