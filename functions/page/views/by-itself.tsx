import { useSignal } from "@preact/signals";
import { api } from "../client/api.ts";
import type { Run } from "../client/types.ts";
import type { Drive } from "../state/drive.ts";
import { duration } from "../state/format.ts";
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
  const speed = useSignal<number | "max">(60);
  const { testid, run } = test;
  const isRunning = test.runsByItself.value;
  const change = (work: () => Promise<Run | null>) =>
    void drive.during(async () => {
      run.value = await work();
    });
  const begin = async () => {
    // It holds what is in force: nobody is there who would set inputs.
    if (drive.controller.peek().kind !== "proportional") await drive.setInputs();
    return await api.startRun(testid, speed.value);
  };
  const isBusy = drive.progress.value !== undefined;
  return (
    <details class="card">
      <summary>Run by itself</summary>
      <p class="hint">The service takes the steps, also while this page is closed. Inputs can be changed meanwhile.</p>
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
          <button type="button" disabled={isBusy} onClick={() => change(begin)}>
            Let it run
          </button>
        )}
      </div>
      {isRunning && run.value !== null && run.value.speed !== "max" && (
        <p class="hint">A step takes {duration(Math.max(1, Math.round((test.step.value ?? 0) / run.value.speed)))}.</p>
      )}
      {run.value !== null && (
        <p class="hint" role="status">
          {run.value.reason ?? `Running, ${run.value.speed === "max" ? "as fast as it goes" : `× ${run.value.speed}`}.`}{" "}
          {run.value.steps} steps{run.value.late.steps > 0 && `, ${run.value.late.steps} of them late`}.
        </p>
      )}
    </details>
  );
}
