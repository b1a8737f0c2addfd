import { METRICS } from "../platform/metric-names.ts";
import { count } from "../platform/metrics.ts";
import { Recent } from "../platform/recent.ts";
import type { TestFields } from "./claim.ts";

/** What all remembered tests of a process may take, bytes. */
const MAX_BYTES = 16 * 1024 ** 2;
/**
 * A guess that fits saves a round trip, one that does not costs what it took to compute, which is several times less. So a
 * process does not guess for a while (ms) only once hardly any guess fits: its tests are at work elsewhere.
 */
const FEWEST_HITS = 1 / 8;
const REST_MS = 5_000;
/** How much of the share of hits comes from the newest guess; and the share from which a process begins again after a rest. */
const [NEWEST, SHARE_AFTER_REST] = [1 / 8, 1 / 4];

/**
 * The tests that this process has committed last, as they were then. Somebody else may have changed them since: what is
 * computed from one is a guess, and `enqueue` commits it only if the test is still the same. So each of them may be
 * forgotten at any moment.
 */
export class RememberedTests {
  readonly #tests: Recent<TestFields>;
  readonly #clock: () => number;
  /** The share of guesses that fitted, of the last ones. */
  #hits = 1;
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** @param clock ms; need not be the wall clock's */
  constructor(maxBytes = MAX_BYTES, clock: () => number = () => performance.now()) {
    this.#tests = new Recent(maxBytes, bytesOf);
    this.#clock = clock;
  }

  get bytes(): number {
    return this.#tests.bytes;
  }

  /** @param test all fields that `enqueue` and `execute` need, with its stamp */
  remember(testid: string, test: TestFields): void {
    this.#tests.set(testid, test);
  }

  /** @returns undefined where the test is not known, or hardly any guess has fitted of late */
  recall(testid: string): TestFields | undefined {
    return this.#clock() < this.#restsUntil ? undefined : this.#tests.get(testid);
  }

  forget(testid: string): void {
    this.#tests.delete(testid);
  }

  /** A test was still as it was remembered. */
  hit(): void {
    this.#note(1);
    count(METRICS.warmHits);
  }

  /** A test was not as it was remembered, or somebody was at it. @param wastedMs for how long was computed in vain */
  miss(testid: string, wastedMs: number): void {
    this.forget(testid);
    count(METRICS.warmMisses);
    count(METRICS.warmWasted, wastedMs);
    this.#note(0);
    if (this.#hits >= FEWEST_HITS) return;
    this.#hits = SHARE_AFTER_REST;
    this.#restsUntil = this.#clock() + REST_MS;
  }

  #note(hit: 0 | 1): void {
    this.#hits += NEWEST * (hit - this.#hits);
  }
}

/** About what a test takes: text of one byte a character, and each field's name and place. */
function bytesOf(test: TestFields): number {
  let bytes = 200;
  for (const name in test) bytes += 60 + (test[name]?.length ?? 0);
  return bytes;
}
