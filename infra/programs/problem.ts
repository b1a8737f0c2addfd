/** An error that the user of a program can correct. It is shown as one line, without a stack trace. */
export class Problem extends Error {
  override readonly name: string = "Problem";
}

/** The system's code of an error (`EADDRINUSE`, `EACCES` …), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Runs a command-line program: a `Problem` ends it with one line and exit code 1. */
export async function runProgram(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
