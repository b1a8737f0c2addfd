import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { api } from "../client/api.ts";
import type { Columns, Points } from "../client/types.ts";
import { joined, withPoints } from "./join.ts";
import { type Panel, pointsOf } from "./panels.ts";
import type { Range, Window } from "./window.ts";

/** Rows of an answer that is plotted: about one for each pixel of a wide screen. */
const ROWS = 1200;

/** What decides which samples are read. */
interface Shown {
  readonly panels: ReadonlySignal<readonly Panel[]>;
  readonly shown: ReadonlySignal<Window>;
  readonly range: ReadonlySignal<Range>;
  readonly time: ReadonlySignal<number | undefined>;
  /** Where the test's results begin, s; set from the first answer. */
  readonly start: Signal<number | undefined>;
}

/** The samples that a test's plots show: as many as can be seen, and of a test that goes on only what is new. */
export function samplesOf(testid: string, { panels, shown, range, time, start }: Shown) {
  const past = signal<Columns | undefined>(undefined);
  /** What the service has told, without the values that were seen since. */
  let read: Columns | undefined;
  /** The points of which `read` has all there was; undefined where it has a part. */
  let wholeOf: string | undefined;

  function take(columns: Columns): void {
    read = columns;
    past.value = columns;
  }

  async function load(): Promise<void> {
    const names = pointsOf(panels.peek());
    const [from, to] = range.peek();
    const isWhole = shown.peek().kind === "all" || start.peek() === undefined;
    if (isWhole && (await loadNew(names))) return;
    const margin = isWhole ? Number.POSITIVE_INFINITY : (to - from) / 2;
    const columns = await api.results(testid, names, [from - margin, to + margin], isWhole ? ROWS : 2 * ROWS);
    take(columns);
    wholeOf = isWhole ? names.join() : undefined;
    if (isWhole) start.value = columns.time?.[0] ?? undefined;
  }

  /** Reading a year again after each step would cost the service much. @returns whether what is new was enough */
  async function loadNew(names: readonly string[]): Promise<boolean> {
    const times = (read?.time ?? []) as number[];
    const [first, last, now] = [times[0], times.at(-1), time.peek()];
    if (read === undefined || first === undefined || last === undefined || now === undefined) return false;
    // Twice as many rows as are seen: all of them anew, thinned.
    if (start.peek() === undefined || wholeOf !== names.join() || now < last || times.length > 2 * ROWS) return false;
    if (now === last) return true;
    const rows = Math.max(30, Math.ceil((ROWS * (now - last)) / (now - first)));
    const both = joined(read, await api.results(testid, names, [last, Number.POSITIVE_INFINITY], rows));
    if (both === undefined) return false;
    take(both);
    return true;
  }

  return {
    past: past as ReadonlySignal<Columns | undefined>,
    load,
    /** How much of the test's time is not read, s; 0 where nobody knows, or a part of the whole is shown. */
    unread: (): number => {
      const [last, now] = [read?.time?.at(-1), time.peek()];
      return shown.peek().kind !== "all" || last === undefined || last === null ? 0 : Math.max(0, (now ?? last) - last);
    },
    /** Draws the current values of the points after the samples, until samples are read again. */
    extend: (points: Points, future: Columns | undefined): void => {
      if (past.peek() !== undefined) past.value = withPoints(past.peek() ?? {}, points, future);
    },
    /** The test has begun anew: what was read is void. */
    forget: (): void => {
      read = undefined;
      wholeOf = undefined;
      start.value = undefined;
    },
  };
}
