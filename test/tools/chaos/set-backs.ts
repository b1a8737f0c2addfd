import type { Call, Entry, Life, Span } from "./history.ts";
import { isThere } from "./match.ts";

/**
 * When the database went back to an earlier state of its own file: from when on its writes were lost, to when it stood at that
 * state again, ms by this process' steady clock.
 */
export class SetBacks {
  readonly #periods: { readonly fromMs: number; untilMs: number }[] = [];
  #over: Promise<void> = Promise.resolve();

  /** Notes one for as long as it takes. */
  async during(work: () => Promise<void>): Promise<void> {
    const period = { fromMs: performance.now(), untilMs: Number.POSITIVE_INFINITY };
    this.#periods.push(period);
    const done = work();
    this.#over = done.catch(() => {});
    await done;
    period.untilMs = performance.now();
  }

  /** Whether what was written or told in this time may be lost. */
  touch({ sentMs, endedMs = performance.now() }: Pick<Span, "sentMs"> & Partial<Span>): boolean {
    return this.#periods.some(({ fromMs, untilMs }) => sentMs <= untilMs && endedMs >= fromMs);
  }

  /** Does what nothing of may be lost: again, where something may be. */
  async safely<T>(work: (isAgain: boolean) => Promise<T>): Promise<T> {
    for (let isAgain = false; ; isAgain = true) {
      const sentMs = performance.now();
      const done = await work(isAgain);
      if (!this.touch({ sentMs })) return done;
      await this.#over;
    }
  }
}

/**
 * A life as it stands in the database: a command that was acknowledged while this went back, and is not there as it was
 * told, is one that nobody acknowledged.
 */
export function asKept(life: Life, answers: readonly Entry[]): Life {
  const asKeptCall = (call: Call): Call => {
    if (!call.isDoubtful || isThere(call, answers)) return call;
    const { requestid: _requestid, answer: _answer, ...others } = call;
    return others;
  };
  return { ...life, calls: life.calls.map(asKeptCall) };
}
