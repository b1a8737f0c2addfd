import { escapeForRegExp } from "./escape.ts";

/** The first line of a test or a group of tests, or the last one of an `each`: indentation, kind, quote, title. */
const BEGINNING =
  /^( *)(?:(?:it|test|describe)(?:\.\w+(?:<.*>)?(?:\(.*\))?)*|\].*\)|\}.*\))\(\s*(?:(["'`])((?:\\.|(?!\2).)+)\2)[,)]/gm;

/**
 * The full names of the tests and groups in a test file, joined by ` > `, as patterns: the parts that an `each` or a template
 * inserts match anything. Relies on the indentation, which the formatter keeps.
 */
export function titlePatterns(source: string): RegExp[] {
  const around: { readonly depth: number; readonly pattern: string }[] = [];
  return [...source.matchAll(BEGINNING)].map(([, indentation = "", quote = "", title = ""]) => {
    while ((around.at(-1)?.depth ?? -1) >= indentation.length) around.pop();
    around.push({ depth: indentation.length, pattern: patternOf(title.replaceAll(`\\${quote}`, quote)) });
    return new RegExp(`^${around.map(({ pattern }) => pattern).join(" > ")}$`, "s");
  });
}

const VARIABLE = /%[a-z]|\$[\w.]+|\$\{[^}]*\}/i;

function patternOf(title: string): string {
  return title.split(VARIABLE).map(escapeForRegExp).join(".*");
}
