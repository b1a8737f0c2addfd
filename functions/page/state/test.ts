import { batch, computed, effect, signal } from "@preact/signals";
import { api } from "../client/api.ts";
import { connected, Refused, Unreachable } from "../client/call.ts";
import type { About, Checkpoint, Columns, Kpis, Points, Run, Scenario } from "../client/types.ts";
import { comfortPoints, zonesApart } from "./comfort.ts";
import { kept, remember } from "./kept.ts";
import { Pace } from "./pace.ts";
import { forecastPointsOf, panelsOf, pointsOf } from "./panels.ts";
import { type Asked, keepAsking } from "./pulse.ts";
import { samplesOf } from "./samples.ts";
import { LEAST_FORECAST_SECONDS, MAX_FORECAST_SECONDS, type Range, rangeOf, type Window } from "./window.ts";

/** The KPIs at a time, s. */
interface Moment {
  readonly time: number;
  readonly kpis: Kpis;
}

const DAY = 86_400;
/** Of a run that takes no step for a while it is asked this rarely whether somebody has paused it, ms. */
const RUN_LOOK_MS = 20_000;

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
  /** Null if the test has never run by itself. */
  const run = signal<Run | null>(null);
  const runsByItself = computed(() => run.value?.status === "running");
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

  const samples = samplesOf(testid, { panels, shown, range, time, start });
  const pace = new Pace();
  let etag: string | undefined;
  /** How many answers of commands were taken in. */
  let accepted = 0;
  let stale = new Set<Part>(["about"]);

  async function load(part: Part): Promise<void> {
    switch (part) {
      case "about":
        about.value = await api.about(testid);
        isQueued.value = false;
        stale = new Set([...ORDER.slice(1)]);
        return;
      case "points":
        return await loadPoints();
      case "results":
        return await samples.load();
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
      case "run":
        run.value = await api.run(testid);
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
    if (value === undefined) {
      pace.rested();
      if (runsByItself.peek() && pace.age("run") > RUN_LOOK_MS) stale.add("run");
      return;
    }
    const [before, now] = [points.peek()?.time, value.time ?? 0];
    // Whoever moves it may have changed its step before, or has let it run by itself.
    if (pace.rests) for (const part of ["step", "run"] as const) stale.add(part);
    if (runsByItself.peek()) stale.add("run");
    pace.moved(now);
    for (const part of ["results", "kpis"] as const) stale.add(part);
    if (isForecastOld(now)) stale.add("forecast");
    // Time that goes back is another beginning: what was read of the old one is void.
    const isAnew = before !== undefined && now < before;
    if (isAnew) for (const part of ["scenario", "step", "checkpoints"] as const) stale.add(part);
    batch(() => {
      points.value = value;
      if (isAnew) {
        history.value = [];
        samples.forget();
      } else if (pace.isFast(step.peek())) samples.extend(value, future.peek());
    });
  }

  /** What was forecast without errors holds, as far as it reaches. */
  function isForecastOld(now: number): boolean {
    const [first, last] = [future.peek()?.time?.[0], future.peek()?.time?.at(-1)];
    const { temperature_uncertainty, solar_uncertainty } = scenario.peek() ?? {};
    if (first === undefined || first === null || last === undefined || last === null) return true;
    if (temperature_uncertainty || solar_uncertainty) return true;
    return now < first || now - first > (last - first) / 8;
  }

  async function loadForecast(): Promise<void> {
    const known = about.peek();
    if (known === undefined) return;
    const names = [...new Set([...forecastPointsOf(panels.peek()), ...comfortPoints(known)])];
    if (names.length === 0) return;
    const [from, to] = range.peek();
    const wanted = Math.max(DAY / 4, LEAST_FORECAST_SECONDS, (to - from) / 3, to - (time.peek() ?? 0));
    // Longer than is seen: it is read again only when the test has come an eighth further.
    const horizon = Math.min(MAX_FORECAST_SECONDS, (wanted * 9) / 8);
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

  /** Whether a part is to be read, which may have to wait for a test that goes on fast. */
  const isDue = (part: Part) => stale.has(part) && pace.allows(part, samples.unread(), step.peek());
  /** What was asked last. Of a fast test every second question is for its time. */
  let asked: Part | undefined;

  /**
   * One question, unless there is none. A failure leaves its part stale: it is asked again.
   * @param isWanted whether a part is to be read
   */
  async function ask(isWanted: (part: Part) => boolean = isDue): Promise<Asked> {
    const part = about.peek() === undefined ? "about" : (ORDER.find(isWanted) ?? "points");
    asked = part;
    // Before it is loaded: it may become stale again meanwhile.
    stale.delete(part);
    pace.read(part);
    const askedAt = performance.now();
    try {
      await load(part);
      problem.value = undefined;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      isQueued.value = error instanceof Refused && error.status === 409;
      if (error instanceof Unreachable || error.status === 409 || error.status === 429) {
        stale.add(part);
        return { commands: COMMANDS[part] };
      }
      isGone.value = /Invalid testid/.test(error.message);
      problem.value = error.message;
    }
    if (pace.isFast(step.peek()))
      return { commands: COMMANDS[part], ...pace.pause(performance.now() - askedAt, step.peek()) };
    return { commands: COMMANDS[part], ...(ORDER.some(isDue) && { pauseMs: 0 }) };
  }

  /** Everything that is stale, at once: after a command of this page's own, whose user waits for it. */
  async function refresh(parts: readonly Part[] = ORDER.slice(1)): Promise<void> {
    for (const part of parts) stale.add(part);
    refreshing++;
    try {
      for (let left = ORDER.length; left > 0 && stale.size > 0 && !isGone.peek(); left--) {
        await ask((part) => stale.has(part));
      }
    } finally {
      refreshing--;
    }
  }
  let refreshing = 0;

  const stopAsking = keepAsking(async () => {
    if (isGone.peek()) return { commands: 0 };
    if (refreshing > 0) return { commands: 0, pauseMs: 0 };
    return pace.isFast(step.peek()) && asked !== "points" ? await ask(() => false) : await ask();
  });
  const wanted = computed(() => JSON.stringify([shown.value, pointsOf(panels.value), forecastPointsOf(panels.value)]));
  // What is shown has changed: other samples are needed.
  const stopWatching = effect(() => {
    void wanted.value;
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
    run,
    runsByItself,
    past: samples.past,
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

/** What is read of a test, in the order in which it is, and what the service's database does to answer each. */
const COMMANDS = {
  about: 2,
  points: 2,
  results: 5,
  kpis: 2,
  forecast: 3,
  scenario: 2,
  step: 2,
  run: 2,
  checkpoints: 2,
};
export type Part = keyof typeof COMMANDS;
const ORDER = Object.keys(COMMANDS) as readonly Part[];

const remembered = new Set<string>();

function rememberOnce(testid: string, testcaseid: string): void {
  if (remembered.has(testid)) return;
  remembered.add(testid);
  remember({ testid, testcaseid });
}
