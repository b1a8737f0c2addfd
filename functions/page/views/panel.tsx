import { useMemo } from "preact/hooks";
import { cursorTime } from "../charts/move.ts";
import { Plot } from "../charts/plot.tsx";
import { lineColor, theme } from "../charts/theme.ts";
import type { Columns } from "../client/types.ts";
import { number } from "../state/format.ts";
import type { Line, Panel } from "../state/panels.ts";
import type { WatchedTest } from "../state/test.ts";
import { indexAt } from "../state/times.ts";

/** A plot with its title, and what each line's value is: at the cursor, or now. */
export function PanelView({ panel, test, onRemove }: { panel: Panel; test: WatchedTest; onRemove?: () => void }) {
  const isEmpty = panel.empty !== undefined && !isAnyActive(panel, test.past.value);
  const height = panel.id === "temperature" ? 260 : 150;
  // Another object at each update would make another plot of the same.
  const same = useMemo(() => panel, [JSON.stringify(panel), panel.shown.unit]);
  return (
    <section class="panel card" aria-label={panel.title}>
      <header>
        <h3>
          {panel.title} {panel.shown.unit !== "" && <small>{panel.shown.unit}</small>}
        </h3>
        {onRemove !== undefined && (
          <button type="button" class="quiet" onClick={onRemove} aria-label={`Remove the plot of ${panel.title}`}>
            Remove
          </button>
        )}
      </header>
      {isEmpty ? (
        <p class="empty">{panel.empty}</p>
      ) : (
        <>
          <Legend panel={same} test={test} />
          <Plot panel={same} test={test} height={height} />
        </>
      )}
    </section>
  );
}

function isAnyActive({ lines }: Panel, past: Columns | undefined): boolean {
  return lines.some(({ activate }) => past?.[activate ?? ""]?.some((value) => value === 1));
}

function Legend({ panel, test }: { panel: Panel; test: WatchedTest }) {
  const { lines, shown } = panel;
  const visible = lines.filter(
    ({ activate }) => activate === undefined || test.past.value?.[activate]?.some((value) => value === 1),
  );
  return (
    <ul class="legend">
      {visible.slice(0, 12).map((line) => {
        const unit = (line.right ?? shown).unit;
        return (
          <li key={line.point} title={line.point}>
            <Chip line={line} />
            {line.label} <output>{shownValue(line, panel, test)}</output>
            {line.right !== undefined && <small> {unit}</small>}
          </li>
        );
      })}
    </ul>
  );
}

function Chip({ line }: { line: Line }) {
  const background = lineColor(theme.value, line.color);
  return <i class={line.kind === "bound" ? "chip thin" : "chip"} style={{ background }} />;
}

function shownValue(line: Line, { shown }: Panel, test: WatchedTest): string {
  const at = cursorTime.value ?? test.time.value ?? 0;
  const now = test.time.value ?? 0;
  const columns = at > now ? test.future.value : test.past.value;
  const row = indexAt((columns?.time ?? []) as number[], at);
  const value = columns?.[line.point]?.[row];
  if (line.activate !== undefined && columns?.[line.activate]?.[row] === 0) return "built-in";
  return value === undefined || value === null ? "–" : number((line.right ?? shown).of(value));
}
