/** Stops what was started, in reverse order, once. If one part fails to stop, the others are still stopped. */
export class Stoppers {
  readonly #stack: (() => void | Promise<void>)[] = [];

  add(stop: () => void | Promise<void>): void {
    this.#stack.push(stop);
  }

  async stop(): Promise<void> {
    const errors: unknown[] = [];
    for (let stop = this.#stack.pop(); stop; stop = this.#stack.pop()) {
      try {
        await stop();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, "Not everything stopped in order");
  }
}
