import { api } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import type { About, Columns, Kpis } from "../client/types.ts";
import { comfortPoints } from "./comfort.ts";
import { Pace } from "./pace.ts";
import { type Asked, keepAsking } from "./pulse.ts";
import { powersOf, zonesOf } from "./zones.ts";

/** A test as it is compared with others. */
export interface Compared {
  readonly testid: string;
  readonly about?: About;
  readonly kpis?: Kpis;
  readonly time?: number;
  readonly columns?: Columns;
  /** Of its points. */
  readonly etag?: string | undefined;
  /** Why it cannot be compared. */
  readonly problem?: string;
  /** It never can be. */
  readonly isRefused?: boolean;
}

/** Rows of each trajectory. */
const ROWS = 600;
/** Between two readings of a test that goes on, ms; and so many times as long as the last one took. */
const READ_MS = 4000;
const READ_TIMES = 40;
const MAX_READ_MS = 60_000;

/** What the service's database does to answer: whether a test has changed, and what it has come to. */
const LOOK_COMMANDS = 2;
const READ_COMMANDS = 9;

/**
 * Reads tests, and reads those again that go on, at one command of the service's database a second for all of them. `show`
 * gets all, each time that one of them has changed. @returns how to stop it
 */
export function watchCompared(testids: readonly string[], show: (tests: readonly Compared[]) => void): () => void {
  let tests: Compared[] = [];
  let isStopped = false;
  let stopAsking = () => {};
  const watched = testids.map((_, i) => ({ i, pace: new Pace(), isStale: false, nextReadAt: 0 }));

  async function ask(): Promise<Asked> {
    const [next] = watched;
    if (next === undefined) return { commands: 0 };
    // One after the other.
    watched.push(...watched.splice(0, 1));
    const known = tests[next.i];
    if (known === undefined || known.isRefused) return { commands: 0 };
    try {
      return await askOf(next, known);
    } catch (error) {
      const why = whyNot(error);
      // What was read before holds, where the service only could not answer this time.
      if (why.isRefused || known.about === undefined) take(next.i, { ...known, ...why });
      return { commands: LOOK_COMMANDS };
    }
  }

  async function askOf(next: (typeof watched)[number], known: Compared): Promise<Asked> {
    const { i, pace } = next;
    const begun = performance.now();
    if (known.about === undefined || (next.isStale && !pace.isFast() && begun >= next.nextReadAt)) {
      take(i, await readCompared(known.testid, known.about));
      next.isStale = false;
      const now = performance.now();
      next.nextReadAt = now + Math.max(READ_MS, Math.min(MAX_READ_MS, READ_TIMES * (now - begun)));
      return { commands: READ_COMMANDS };
    }
    const { value, etag } = await api.points(known.testid, known.etag);
    if (value === undefined) pace.rested();
    else {
      pace.moved(value.time ?? 0);
      next.isStale = true;
      take(i, { ...known, etag, time: value.time ?? 0 });
    }
    return { commands: LOOK_COMMANDS };
  }

  function take(i: number, found: Compared): void {
    if (isStopped) return;
    tests = tests.map((test, n) => (n === i ? found : test));
    show(tests);
  }

  const first = testids.map(async (testid) => {
    return await readCompared(testid).catch((error: unknown): Compared => ({ testid, ...whyNot(error) }));
  });
  void Promise.all(first).then((found) => {
    if (isStopped) return;
    tests = found;
    show(tests);
    stopAsking = keepAsking(ask);
  });
  return () => {
    isStopped = true;
    stopAsking();
  };
}

/** What is known of a test that could not be read. @throws what is no answer of the service */
function whyNot(error: unknown): Pick<Compared, "problem" | "isRefused"> {
  if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
  if (error instanceof Unreachable) return {};
  // One that is being prepared, or that too many ask about, is asked again.
  return { problem: error.message, isRefused: error.status !== 409 && error.status !== 429 };
}

/** @throws Refused, Unreachable */
async function readCompared(testid: string, known?: About): Promise<Compared> {
  const about = known ?? (await api.about(testid));
  const names = [
    ...comfortPoints(about).slice(0, 2),
    ...zonesOf(about).flatMap(({ temperatures }) => temperatures),
    ...powersOf(about).map(({ point }) => point),
  ];
  // First, so that its ETag is not newer than what is read with it.
  const { value, etag } = await api.points(testid);
  const [kpis, columns] = await Promise.all([
    api.kpis(testid),
    api.results(testid, [...new Set(names)], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], ROWS),
  ]);
  return { testid, about, kpis, columns, time: value?.time ?? 0, etag };
}
