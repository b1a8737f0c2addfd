/** The time limit of `within` is over. */
export class TimeOver extends Error {
  override readonly name = "TimeOver";
}

/**
 * Waits for a promise, at most `limitMs`. The work behind the promise continues.
 *
 * @param what the work's name in the error
 * @throws TimeOver
 */
export async function within<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeOver(`${what}: not done within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
