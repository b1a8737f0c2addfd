import { Recent } from "../platform/recent.ts";

/** What the holders of all known tests may take, bytes. */
const MAX_BYTES = 1024 ** 2;
/** For so long a process leaves models to workers after one of them gave it no answer, ms. */
const REST_MS = 5_000;

/**
 * Tests with compiled models that this process has had to do with, and their holders: a step that is to be carried out here takes
 * one of the holder's slots, so that whoever sends it must know whose they are. A test's holder never changes.
 */
export class KnownModels {
  readonly #holders = new Recent<string>(MAX_BYTES, (holder) => 200 + holder.length);
  readonly #clock: () => number;
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** @param clock ms; need not be the wall clock's */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  note(testid: string, holder: string): void {
    this.#holders.set(testid, holder);
  }

  /** @returns undefined where the test is not known, or models are left to workers for a while */
  holderOf(testid: string): string | undefined {
    return this.#clock() < this.#restsUntil ? undefined : this.#holders.get(testid);
  }

  /** A model's work had to be left to a worker: the emulator is starting, away, or has too many callers. */
  rest(): void {
    this.#restsUntil = this.#clock() + REST_MS;
  }
}
