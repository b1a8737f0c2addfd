import { Fragment } from "preact";
import type { Drive } from "../state/drive.ts";
import type { WatchedTest } from "../state/test.ts";
import { Again } from "./again.tsx";
import { ByItself } from "./by-itself.tsx";
import { Checkpoints } from "./checkpoints.tsx";
import { CodeView } from "./code.tsx";
import { Downloads } from "./downloads.tsx";
import { DriveView } from "./drive.tsx";
import { KpisView } from "./kpis.tsx";
import { PanelView } from "./panel.tsx";
import { isNarrow } from "./parts.tsx";
import { StopTest } from "./stop.tsx";
import { WindowBar } from "./window.tsx";

/** A test as it goes on: its controls, its plots, its key figures. In one column the plots follow the controls. */
export function Live({ test, drive }: { test: WatchedTest; drive: Drive }) {
  const more = (
    <>
      <Again test={test} drive={drive} />
      <Checkpoints test={test} drive={drive} />
      <CodeView testid={test.testid} />
      <Downloads test={test} />
      <StopTest test={test} drive={drive} />
    </>
  );
  return (
    <div class="columns">
      <aside aria-label="Controls">
        <DriveView test={test} drive={drive} />
        <ByItself test={test} drive={drive} />
        {!isNarrow.value && more}
      </aside>
      <div class="plots">
        {!isNarrow.value && <KpisView test={test} />}
        <WindowBar test={test} />
        {test.panels.value.map((panel, i) => {
          const point = panel.id.startsWith("point ") ? panel.id.slice(6) : undefined;
          const remove = () => {
            test.added.value = test.added.value.filter((each) => each !== point);
          };
          return (
            <Fragment key={panel.id}>
              <PanelView panel={panel} test={test} {...(point === undefined ? {} : { onRemove: remove })} />
              {isNarrow.value && i === 0 && <KpisView test={test} />}
            </Fragment>
          );
        })}
        <AddPoint test={test} />
      </div>
      {isNarrow.value && <aside aria-label="More controls">{more}</aside>}
    </div>
  );
}

function AddPoint({ test }: { test: WatchedTest }) {
  const about = test.about.value;
  if (about === undefined) return null;
  const all = { ...about.measurements, ...about.inputs, ...about.forecast_points };
  const left = Object.keys(all).filter((point) => !test.added.value.includes(point));
  return (
    <label class="add">
      Plot another point
      <select
        value=""
        onChange={(event) => {
          const point = event.currentTarget.value;
          if (point !== "") test.added.value = [...test.added.value, point];
          event.currentTarget.value = "";
        }}
      >
        <option value="">Choose a point …</option>
        {left.map((point) => (
          <option key={point} value={point}>
            {point}: {all[point]?.Description}
          </option>
        ))}
      </select>
    </label>
  );
}
