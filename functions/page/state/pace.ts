/** At more steps a second nobody sees them one by one: a test at such a pace is looked at more seldom. */
const FAST_STEPS_PER_SECOND = 5;
/** Between two samples the service lets pass so much of the test's time at most, s. */
const SAMPLE_SECONDS = 30;

/** Between two questions to a service about a test that goes on fast, ms; and so many times as long as the last one took. */
const FAST_LOOK_MS = 3000;
const PAUSE_TIMES = 100;
const MAX_PAUSE_MS = 30_000;
/** Between two readings of what costs more, of such a test, ms. */
const FAST_MS: Readonly<Record<string, number>> = {
  results: 15_000,
  kpis: 20_000,
  forecast: 20_000,
  step: 10_000,
  run: 10_000,
};
/** More new samples are not read while a test goes on fast: reading them would slow down who drives it. */
const MAX_FAST_ROWS = 6000;

/**
 * How fast a test goes on, as its watcher sees it, and what may be read of it at that pace. What waits is read as soon as
 * the test rests, or goes on more slowly.
 */
export class Pace {
  readonly #clock: () => number;
  readonly #readAt = new Map<string, number>();
  #seen: { readonly at: number; readonly time: number } | undefined;
  /** The test's seconds in a second. */
  #speed = 0;
  #rests = true;

  /** @param clock ms; need not be the wall clock's */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Whether the test had not changed when it was looked at last. */
  get rests(): boolean {
    return this.#rests;
  }

  /** Whether the test takes so many steps that few of them can be seen. `step`: s */
  isFast(step = 3600): boolean {
    return this.#speed / step > FAST_STEPS_PER_SECOND;
  }

  /** The test has changed since it was looked at. `time`: the test's, s */
  moved(time: number): void {
    const [at, before] = [this.#clock(), this.#seen];
    this.#seen = { at, time };
    this.#rests = false;
    // A time that goes back tells nothing of the pace.
    if (before === undefined || time < before.time) return;
    this.#speed = (time - before.time) / Math.max(1e-3, (at - before.at) / 1000);
  }

  /** The test was looked at, and has not changed. */
  rested(): void {
    if (this.#seen !== undefined) this.#seen = { ...this.#seen, at: this.#clock() };
    this.#rests = true;
    this.#speed = 0;
  }

  /** How long to wait after a question that took so long, where that is not as always: so a busy service is left alone. */
  pause(tookMs: number, step?: number): { readonly pauseMs?: number } {
    if (!this.isFast(step)) return {};
    return { pauseMs: Math.max(FAST_LOOK_MS, Math.min(MAX_PAUSE_MS, PAUSE_TIMES * tookMs)) };
  }

  /** Notes that a part was read. */
  read(part: string): void {
    this.#readAt.set(part, this.#clock());
  }

  /** Since a part was read, ms. */
  age(part: string): number {
    return this.#clock() - (this.#readAt.get(part) ?? Number.NEGATIVE_INFINITY);
  }

  /** Whether a part may be read now, of a test with this step (s). `unread`: how much of its time is new in results, s */
  allows(part: string, unread: number, step = 3600): boolean {
    if (!this.isFast(step)) return true;
    if (this.age(part) < (FAST_MS[part] ?? 0)) return false;
    return part !== "results" || unread / Math.min(SAMPLE_SECONDS, step) <= MAX_FAST_ROWS;
  }
}
