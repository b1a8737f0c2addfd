/** A rule of the service, a way to break it, and the test that must notice. */
export interface Rule {
  /** The same words as in the table of test/README.md. */
  readonly rule: string;
  /** The changes that break it together: several where one guard stands behind another. */
  readonly breaks: readonly Break[];
  /** Path within `test`. */
  readonly testFile: string;
  /** The names of its groups and its own, joined by ` > `. */
  readonly testName: string;
  /** The broken code makes the test wait for ever: its time limit then counts as a failure. */
  readonly hangs?: true;
}

/** A change of one file. */
export interface Break {
  /** Path from the project's folder. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly text: string;
  readonly becomes: string;
}

/** Why a break no longer fits its file; undefined if it does. */
export function misfit({ file, text }: Break, content: string | undefined): string | undefined {
  if (content === undefined) return `there is no ${file}`;
  const count = content.split(text).length - 1;
  return count === 1 ? undefined : `${file} has this text ${count} times, not once: ${JSON.stringify(text)}`;
}
