import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import type { Run } from "../client/types.ts";
import type { Drive } from "../state/drive.ts";
import type { WatchedTest } from "../state/test.ts";

const SPEEDS: readonly (readonly [speed: number | "max", text: string])[] = [
  [1, "in real time"],
  [60, "60 times real time"],
  [600, "600 times real time"],
  [3600, "3,600 times real time"],
  ["max", "as fast as it goes"],
];

/** The service lets the test advance, at a multiple of real time, whether a page shows it or not. */
export function ByItself({ test, drive }: { test: WatchedTest; drive: Drive }) {
  const run = useSignal<Run | null>(null);
  const speed = useSignal<number | "max">(60);
  const { testid, time } = test;
  const isRunning = run.value?.status === "running";
  const ask = () =>
    void api.run(testid).then(
      (found) => {
        run.value = found;
      },
      // The view itself says what is wrong with the test or the connection.
      (error: unknown) => {
        if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      },
    );
  useEffect(ask, [testid]);
  // Again only when a run has moved the test: watching is cheap.
  useEffect(() => {
    if (isRunning) ask();
  }, [time.value]);
  const change = (work: () => Promise<Run | null>) =>
    void drive.during(async () => {
      run.value = await work();
    });
  const isBusy = drive.progress.value !== undefined;
  return (
    <details class="card">
      <summary>Run by itself</summary>
      <p class="hint">The service takes the steps, also while this page is closed.</p>
      <div class="row">
        <label class="grow">
          <span class="unseen">How fast it runs by itself</span>
          <select
            disabled={isRunning}
            value={speed.value}
            onChange={({ currentTarget: { value } }) => (speed.value = value === "max" ? value : Number(value))}
          >
            {SPEEDS.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        {isRunning ? (
          <button type="button" onClick={() => change(async () => await api.pauseRun(testid))}>
            Pause the run
          </button>
        ) : (
          <button
            type="button"
            disabled={isBusy}
            onClick={() => change(async () => await api.startRun(testid, speed.value))}
          >
            Let it run
          </button>
        )}
      </div>
      {run.value !== null && (
        <p class="hint" role="status">
          {run.value.reason ?? `Running, ${run.value.speed === "max" ? "as fast as it goes" : `× ${run.value.speed}`}.`}{" "}
          {run.value.steps} steps{run.value.late.steps > 0 && `, ${run.value.late.steps} of them late`}.
        </p>
      )}
    </details>
  );
}
