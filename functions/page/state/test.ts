import { batch, computed, effect, signal } from "@preact/signals";
import { api } from "../client/api.ts";
import { connected, Refused, Unreachable } from "../client/call.ts";
import type { About, Checkpoint, Columns, Kpis, Points, Scenario } from "../client/types.ts";
import { comfortPoints, zonesApart } from "./comfort.ts";
import { joined } from "./join.ts";
import { kept, remember } from "./kept.ts";
import { forecastPointsOf, panelsOf, pointsOf } from "./panels.ts";
import { type Asked, keepAsking } from "./pulse.ts";
import { LEAST_FORECAST_SECONDS, MAX_FORECAST_SECONDS, type Range, rangeOf, type Window } from "./window.ts";

/** The KPIs at a time, s. */
interface Moment {
  readonly time: number;
  readonly kpis: Kpis;
}

/** Rows of an answer that is plotted: about one for each pixel of a wide screen. */
const ROWS = 1200;
const DAY = 86_400;

/**
 * A test, watched: what the service says of it, kept up to date. That disturbs nothing, and costs the service's database
 * one command a second: it is asked whether the test has changed at all, and only then what.
 */
export function watchTest(testid: string) {
  const about = signal<About | undefined>(undefined);
  const points = signal<Points | undefined>(undefined);
  const kpis = signal<Kpis | undefined>(undefined);
  /** KPIs as they grew while they were watched, by time. */
  const history = kept<readonly Moment[]>(`history:${testid}`, []);
  const step = signal<number | undefined>(undefined);
  const scenario = signal<Scenario | undefined>(undefined);
  const checkpoints = signal<readonly Checkpoint[]>([]);
  const past = signal<Columns | undefined>(undefined);
  const future = signal<Columns | undefined>(undefined);
  const problem = signal<string | undefined>(undefined);
  const isGone = signal(false);
  const isQueued = signal(false);
  const added = kept<readonly string[]>(`added:${testid}`, []);
  const shown = kept<Window>(`shown:${testid}`, { kind: "all" });
  /** Zones whose comfort bands are different ones, as far as forecasts have told. */
  const apart = signal<readonly string[]>([]);

  const time = computed(() => points.value?.time);
  const panels = computed(() =>
    about.value === undefined ? [] : panelsOf(about.value, scenario.value, added.value, apart.value),
  );
  /** Where the test's results begin, s; known from the first answer. */
  const start = signal<number | undefined>(undefined);
  const range = computed((): Range => rangeOf(shown.value, start.value ?? 0, time.value ?? 0));

  let etag: string | undefined;
  /** How many answers of commands were taken in. */
  let accepted = 0;
  let stale = new Set<Part>(["about"]);
  const order: readonly Part[] = ["about", "points", "results", "kpis", "forecast", "scenario", "step", "checkpoints"];

  async function load(part: Part): Promise<void> {
    switch (part) {
      case "about":
        about.value = await api.about(testid);
        isQueued.value = false;
        stale = new Set([...order.slice(1)]);
        return;
      case "points":
        return await loadPoints();
      case "results":
        return await loadResults();
      case "kpis": {
        const found = await api.kpis(testid);
        batch(() => noteKpis(found));
        return;
      }
      case "forecast":
        return await loadForecast();
      case "scenario":
        scenario.value = await api.scenario(testid);
        return;
      case "step":
        step.value = await api.step(testid);
        return;
      case "checkpoints":
        checkpoints.value = await api.checkpoints(testid);
        return;
    }
  }

  async function loadPoints(): Promise<void> {
    const askedAfter = accepted;
    const { value, etag: found } = await api.points(testid, etag);
    // A command of this page's own was answered meanwhile: that is newer.
    if (askedAfter !== accepted) return;
    etag = found;
    if (value === undefined) return;
    const before = points.peek()?.time;
    points.value = value;
    for (const part of ["results", "kpis", "forecast"] as const) stale.add(part);
    // Time that goes back is another beginning: what was read of the old one is void.
    if (before !== undefined && (value.time ?? 0) < before) {
      for (const part of ["scenario", "step", "checkpoints"] as const) stale.add(part);
      history.value = [];
      start.value = undefined;
    }
  }

  async function loadResults(): Promise<void> {
    const names = pointsOf(panels.peek());
    const [from, to] = range.peek();
    const isWhole = shown.peek().kind === "all" || start.peek() === undefined;
    if (isWhole && (await addResults(names))) return;
    const margin = isWhole ? Number.POSITIVE_INFINITY : (to - from) / 2;
    const columns = await api.results(testid, names, [from - margin, to + margin], isWhole ? ROWS : 2 * ROWS);
    past.value = columns;
    wholeOf = isWhole ? names.join() : undefined;
    if (isWhole) start.value = columns.time?.[0] ?? undefined;
  }

  /** The points of which `past` has all there was; undefined where it has a part. */
  let wholeOf: string | undefined;

  /** Reads only what is new: reading a year again after each step would cost the service much. @returns whether that was enough */
  async function addResults(names: readonly string[]): Promise<boolean> {
    const known = past.peek();
    const times = (known?.time ?? []) as number[];
    const [first, last, now] = [times[0], times.at(-1), time.peek()];
    if (known === undefined || first === undefined || last === undefined || now === undefined) return false;
    // Twice as many rows as are seen: all of them anew, thinned.
    if (start.peek() === undefined || wholeOf !== names.join() || now < last || times.length > 2 * ROWS) return false;
    if (now === last) return true;
    const rows = Math.max(30, Math.ceil((ROWS * (now - last)) / (now - first)));
    const both = joined(known, await api.results(testid, names, [last, Number.POSITIVE_INFINITY], rows));
    if (both === undefined) return false;
    past.value = both;
    return true;
  }

  async function loadForecast(): Promise<void> {
    const known = about.peek();
    if (known === undefined) return;
    const names = [...new Set([...forecastPointsOf(panels.peek()), ...comfortPoints(known)])];
    if (names.length === 0) return;
    const [from, to] = range.peek();
    const wanted = Math.max(LEAST_FORECAST_SECONDS, (to - from) / 3, to - (time.peek() ?? 0));
    const horizon = Math.min(MAX_FORECAST_SECONDS, Math.max(DAY / 4, wanted));
    const columns = await api.forecast(testid, names, Math.ceil(horizon / 900) * 900, 900);
    const zones = zonesApart(known, columns, apart.peek());
    batch(() => {
      future.value = columns;
      if (zones.length > apart.peek().length) apart.value = zones;
    });
  }

  function noteKpis(found: Kpis): void {
    kpis.value = found;
    const now = time.peek();
    if (now === undefined || history.peek().at(-1)?.time === now) return;
    // Of a test that went back, what came later is void.
    const all = [...history.peek().filter(({ time }) => time < now), { time: now, kpis: found }];
    // Half as fine, before it is too much to be kept.
    history.value = all.length > 120 ? all.filter((_, i) => i % 2 === 0 || i === all.length - 1) : all;
  }

  /** One question, unless there is none. A failure leaves its part stale: it is asked again. */
  async function ask(): Promise<Asked> {
    const part = about.peek() === undefined ? "about" : (order.find((each) => stale.has(each)) ?? "points");
    // Before it is loaded: it may become stale again meanwhile.
    stale.delete(part);
    try {
      await load(part);
      problem.value = undefined;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      isQueued.value = error instanceof Refused && error.status === 409;
      if (error instanceof Unreachable || error.status === 409 || error.status === 429) {
        stale.add(part);
        return { commands: COMMANDS[part], more: false };
      }
      isGone.value = /Invalid testid/.test(error.message);
      problem.value = error.message;
    }
    return { commands: COMMANDS[part], more: stale.size > 0 };
  }

  /** Everything that is stale, at once: after a command of this page's own, whose user waits for it. */
  async function refresh(parts: readonly Part[] = order.slice(1)): Promise<void> {
    for (const part of parts) stale.add(part);
    for (let left = order.length; left > 0 && stale.size > 0 && !isGone.peek(); left--) await ask();
  }

  const stopAsking = keepAsking(async () => {
    if (isGone.peek()) return { commands: 0, more: false };
    return await ask();
  });
  // What is shown has changed: other samples are needed.
  const stopWatching = effect(() => {
    void [shown.value, panels.value];
    stale.add("results");
    stale.add("forecast");
    if (points.peek() !== undefined && connected.peek()) scheduleResults();
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  function scheduleResults(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(["results", "forecast"]), 150);
  }
  const stopRemembering = effect(() => {
    if (about.value !== undefined) rememberOnce(testid, about.value.testcaseid);
  });
  void refresh();

  return {
    testid,
    about,
    points,
    time,
    kpis,
    history,
    step,
    scenario,
    checkpoints,
    past,
    future,
    problem,
    isGone,
    isQueued,
    added,
    shown,
    panels,
    start,
    range,
    refresh,
    /** Takes in what a command of this page's own was answered. */
    accept: (found: Points): void => {
      accepted++;
      if (found.time !== undefined) points.value = found;
    },
    dispose: () => {
      stopAsking();
      stopWatching();
      stopRemembering();
      clearTimeout(timer);
    },
  };
}

export type WatchedTest = ReturnType<typeof watchTest>;
export type Part = "about" | "points" | "results" | "kpis" | "forecast" | "scenario" | "step" | "checkpoints";

/** What the service's database does to answer each. */
const COMMANDS: Readonly<Record<Part, number>> = {
  about: 2,
  points: 2,
  results: 5,
  kpis: 2,
  forecast: 3,
  scenario: 2,
  step: 2,
  checkpoints: 2,
};

const remembered = new Set<string>();

function rememberOnce(testid: string, testcaseid: string): void {
  if (remembered.has(testid)) return;
  remembered.add(testid);
  remember({ testid, testcaseid });
}
