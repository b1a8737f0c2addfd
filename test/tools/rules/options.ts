import { readArguments, wholeNumber } from "../../../infra/programs/arguments.ts";
import { Problem } from "../../../infra/programs/problem.ts";
import { type Area, isArea, RULES } from "./list/index.ts";
import type { Rule } from "./rule.ts";

export interface RulesOptions {
  readonly chosen: readonly Chosen[];
  /** Copies of the project, and simultaneous breaks. */
  readonly jobs: number;
  readonly isListing: boolean;
}

export interface Chosen extends Rule {
  readonly area: Area;
}

export const USAGE = `npm run rules -- [options]

Breaks the rules in test/README.md one after the other, in a copy of the working tree, and runs the test that is to catch
each. Before that the tests must be green on what is not broken. The exit code is 1 if a rule's breaking was not caught, or
no longer fits the code.

  --only AREAS     of ${Object.keys(RULES).join(",")}
  --rule PATTERN   those whose rule, broken file or test has this regular expression in it
  --jobs N         at a time, each in a copy of its own (1)
  --list           says what would be broken, and does nothing
  --help           shows this
`;

/** @throws Problem */
export function readOptions(args: string[]): RulesOptions | "help" {
  const { values } = readArguments({
    args,
    options: {
      only: { type: "string" },
      rule: { type: "string" },
      jobs: { type: "string" },
      list: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const areas = readAreas(values.only);
  const pattern = readPattern(values.rule ?? "");
  const chosen = areas
    .flatMap((area) => RULES[area].map((rule) => ({ ...rule, area })))
    .filter(({ rule, breaks, testFile, testName }) =>
      [rule, testFile, testName, ...breaks.map(({ file }) => file)].some((text) => pattern.test(text)),
    );
  if (chosen.length === 0) throw new Problem("There is no such rule: see --list");
  return { chosen, jobs: wholeNumber("jobs", values.jobs, [1, 16]) ?? 1, isListing: values.list ?? false };
}

function readAreas(text: string | undefined): Area[] {
  const all = Object.keys(RULES);
  return (text?.split(",") ?? all).map((name) => {
    if (!isArea(name)) throw new Problem(`--only must be of ${all.join(",")}, not "${name}"`);
    return name;
  });
}

function readPattern(text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch {
    throw new Problem(`--rule must be a regular expression, not "${text}"`);
  }
}
