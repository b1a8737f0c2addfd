import { cursorTime, pan, scale } from "../charts/move.ts";
import { moment } from "../state/format.ts";
import type { WatchedTest } from "../state/test.ts";
import type { Window } from "../state/window.ts";

const WINDOWS: readonly { readonly text: string; readonly window: Window }[] = [
  { text: "All", window: { kind: "all" } },
  { text: "Day", window: { kind: "last", seconds: 86_400 } },
  { text: "Week", window: { kind: "last", seconds: 7 * 86_400 } },
];

/** What of a test's time its plots show. */
export function WindowBar({ test }: { test: WatchedTest }) {
  const shown = test.shown.value;
  const isShown = (window: Window) => JSON.stringify(window) === JSON.stringify(shown);
  return (
    <fieldset class="window">
      <legend class="unseen">What the plots show</legend>
      <div class="buttons">
        {WINDOWS.map(({ text, window }) => (
          <button key={text} type="button" aria-pressed={isShown(window)} onClick={() => (test.shown.value = window)}>
            {text}
          </button>
        ))}
      </div>
      <div class="buttons">
        <button type="button" onClick={() => pan(test, -0.5)} aria-label="Earlier">
          ←
        </button>
        <button type="button" onClick={() => scale(test, 0.5)} aria-label="Shorter">
          +
        </button>
        <button type="button" onClick={() => scale(test, 2)} aria-label="Longer">
          −
        </button>
        <button type="button" onClick={() => pan(test, 0.5)} aria-label="Later">
          →
        </button>
      </div>
      {cursorTime.value !== undefined && <output class="at">{moment(cursorTime.value)}</output>}
      <p class="hint wide">Drag to zoom, Shift and drag to move, double-click for all. Dashed: the forecast.</p>
    </fieldset>
  );
}
