import { signal } from "@preact/signals";
import { api } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import type { Points } from "../client/types.ts";
import { type Band, type Controller, inputsOf, type Wishes } from "./controllers.ts";
import { kept } from "./kept.ts";
import type { WatchedTest } from "./test.ts";
import { zonesOf } from "./zones.ts";

/** Steps of one call at most: the service takes 1,000. */
const MAX_STEPS = 200;
/** A call takes about so long, ms: short enough to show how the test goes on, and to be paused. */
const CALL_MS = 250;
/** Between two readings of results while the test runs, ms. */
const SHOW_MS = 700;
/** After the last of several changes to inputs they are sent, ms: a slider tells each place that it passes. */
const SEND_MS = 300;
/** A scenario's end is found by running into it; this is later than any. */
const FOR_EVER = Number.POSITIVE_INFINITY;

/** Drives a test: steps, and runs of many steps, with a controller of the page. */
export function driveTest(test: WatchedTest) {
  const { testid } = test;
  const controller = kept<Controller>(`controller:${testid}`, { kind: "built-in" });
  const wishes = kept<Wishes>(`wishes:${testid}`, {});
  /** How far the run has come, from 0 to 1; undefined when none is on. NaN: nobody knows its end. */
  const progress = signal<number | undefined>(undefined);
  const notice = signal<{ readonly kind: "said" | "failed"; readonly text: string } | undefined>(undefined);
  const hasEnded = signal(false);
  let isPaused = false;

  /** Runs for so many seconds, to the next whole step; for ever until the scenario ends. */
  async function run(seconds: number = FOR_EVER): Promise<void> {
    await during(async () => {
      const begun = test.time.peek() ?? 0;
      const end = begun + seconds;
      const bands = await comfortBands();
      let steps = 1;
      let shownAt = performance.now();
      for (let now = begun; now < end - 1e-6 && !isPaused; ) {
        progress.value = seconds === FOR_EVER ? Number.NaN : (now - begun) / seconds;
        const step = test.step.peek() ?? 3600;
        const left = seconds === FOR_EVER ? MAX_STEPS : Math.ceil((end - now) / step - 1e-9);
        const askedAt = performance.now();
        const found = await advance(Math.min(steps, left), bands(now));
        const took = performance.now() - askedAt;
        if (found?.time === undefined) return noteEnd();
        now = found.time;
        steps = Math.max(1, Math.min(MAX_STEPS, Math.round(steps * Math.min(3, CALL_MS / Math.max(1, took)))));
        if (performance.now() - shownAt < SHOW_MS) continue;
        await test.refresh(["results", "kpis"]);
        shownAt = performance.now();
      }
    });
  }

  /** Takes steps: many at once where the inputs do not depend on what comes of each. */
  async function advance(steps: number, bands: ReadonlyMap<string, Band>): Promise<Points | undefined> {
    const about = test.about.peek();
    const points = test.points.peek();
    if (about === undefined || points === undefined) return undefined;
    const inputs = inputsOf(controller.peek(), about, points, wishes.peek(), bands);
    if (controller.peek().kind === "proportional" || steps === 1) {
      const { payload, message } = await api.advance(testid, inputs);
      // The service tells by its message where it clipped a value.
      if (/clip|limit/i.test(message)) notice.value = { kind: "said", text: message };
      test.accept(payload);
      return payload;
    }
    const { payload } = await api.advanceMany(testid, [inputs, ...new Array(steps - 1).fill({})]);
    const last = payload.at(-1);
    if (last !== undefined) test.accept(last);
    return last;
  }

  function noteEnd(): void {
    hasEnded.value = true;
    notice.value = { kind: "said", text: "The scenario has ended. Its KPIs are final." };
  }

  /** The comfort limits of a day from now on, read once for a run, by zone. @returns those at a time */
  async function comfortBands(): Promise<(time: number) => ReadonlyMap<string, Band>> {
    const about = test.about.peek();
    if (about === undefined || controller.peek().kind !== "proportional") return () => new Map();
    let read = { from: Number.NaN, columns: {} as Awaited<ReturnType<typeof api.forecast>> };
    const zones = zonesOf(about).filter(({ name }) => Object.hasOwn(about.forecast_points, `LowerSetp[${name}]`));
    const names = zones.flatMap(({ name }) => [`LowerSetp[${name}]`, `UpperSetp[${name}]`]);
    const load = async () => {
      read = { from: test.time.peek() ?? 0, columns: await api.forecast(testid, names, 2 * 86_400, 900) };
    };
    await load();
    return (time) => {
      const row = Math.floor((time - read.from) / 900);
      // The next call has them; until then the last ones hold.
      if (row > 96) void load().catch(() => {});
      const at = (name: string) => read.columns[name]?.[Math.min(row, 192)] ?? Number.NaN;
      return new Map(
        zones.map(({ name }) => [name, { lower: at(`LowerSetp[${name}]`), upper: at(`UpperSetp[${name}]`) }]),
      );
    };
  }

  /**
   * Sets the inputs of the next step without taking it, for a test that runs by itself: it holds them, and takes each step
   * with what was set before.
   */
  async function setInputs(): Promise<void> {
    const about = test.about.peek();
    const points = test.points.peek();
    if (about === undefined || points === undefined) return;
    const inputs = inputsOf(controller.peek(), about, points, wishes.peek(), new Map());
    if (Object.keys(inputs).length > 0) await api.setInputs(testid, inputs);
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  function sendInputs(): void {
    clearTimeout(timer);
    if (!test.runsByItself.peek()) return;
    timer = setTimeout(() => {
      setInputs().catch((error: unknown) => {
        if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
        notice.value = { kind: "failed", text: error.message };
      });
    }, SEND_MS);
  }

  /** Runs one piece of work at a time, and says how it failed. */
  async function during(work: () => Promise<void>): Promise<boolean> {
    if (progress.peek() !== undefined) return false;
    isPaused = false;
    progress.value = 0;
    notice.value = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      const what =
        error instanceof Unreachable ? " The test is as the service last saved it; go on when it is back." : "";
      notice.value = { kind: "failed", text: `${error.message}${what}` };
      return false;
    } finally {
      progress.value = undefined;
      await test.refresh();
    }
  }

  return {
    controller,
    wishes,
    progress,
    notice,
    hasEnded,
    run,
    during,
    pause: () => {
      isPaused = true;
    },
    setInputs,
    /** Another controller. That of a test which runs by itself holds from its next step. */
    choose: (chosen: Controller) => {
      controller.value = chosen;
      sendInputs();
    },
    wish: (name: string, value: number | null) => {
      wishes.value = { ...wishes.peek(), [name]: value };
      controller.value = { kind: "manual" };
      sendInputs();
    },
  };
}

export type Drive = ReturnType<typeof driveTest>;
