/** A rule of the service, a way to break it, and the test that must notice. */
export interface Rule {
  /** Word for word as in the table of test/README.md. */
  readonly rule: string;
  /** What breaks it, all at once: more than one where two guards stand behind each other. */
  readonly breaks: readonly Break[];
  /** Within `test`. */
  readonly testFile: string;
  /** With the names of what it is in, joined by ` > `. */
  readonly testName: string;
  /** The broken code makes the test wait for ever: that its time ends is to count as noticed. */
  readonly hangs?: true;
}

/** A change of one file. */
export interface Break {
  /** From the project's folder. */
  readonly file: string;
  /** There exactly once. */
  readonly text: string;
  readonly becomes: string;
}

/** How a break no longer fits its file, in words; undefined if it does. */
export function misfit({ file, text }: Break, content: string | undefined): string | undefined {
  if (content === undefined) return `there is no ${file}`;
  const count = content.split(text).length - 1;
  return count === 1 ? undefined : `${file} has this text ${count} times, not once: ${JSON.stringify(text)}`;
}
