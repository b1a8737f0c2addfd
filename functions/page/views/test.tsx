import { useEffect, useMemo } from "preact/hooks";
import { pan, scale } from "../charts/move.ts";
import { api } from "../client/api.ts";
import { type Drive, driveTest } from "../state/drive.ts";
import { moment } from "../state/format.ts";
import { knownTest } from "../state/kept.ts";
import { linkTo, type Tab } from "../state/route.ts";
import { type WatchedTest, type Window, watchTest } from "../state/test.ts";
import { Again } from "./again.tsx";
import { ByItself } from "./by-itself.tsx";
import { Checkpoints } from "./checkpoints.tsx";
import { CodeView } from "./code.tsx";
import { DriveView } from "./drive.tsx";
import { KpisView } from "./kpis.tsx";
import { PanelView } from "./panel.tsx";
import { Problem, save, Top } from "./parts.tsx";
import { WhatIf } from "./what-if.tsx";

/** A test, live. */
export function TestView({ testid, tab }: { testid: string; tab: Tab }) {
  const test = useMemo(() => watchTest(testid), [testid]);
  const drive = useMemo(() => driveTest(test), [test]);
  useEffect(() => () => test.dispose(), [test]);
  const { about, isGone, isQueued, problem } = test;
  return (
    <>
      <Top />
      <main class="test">
        <TestHead test={test} drive={drive} />
        {isGone.value ? (
          <div class="problem" role="alert">
            <p>There is no such test. It was stopped, or ended after 30 idle days; or the link is not whole.</p>
            <p>
              <a href={linkTo({ view: "start" })}>Start another</a>
            </p>
          </div>
        ) : (
          <Problem text={problem.value} />
        )}
        {isQueued.value && (
          <p class="progress" role="status">
            <progress aria-label="The test is being prepared" /> The test is being prepared.
          </p>
        )}
        {about.value !== undefined && !isGone.value && (
          <>
            <Tabs testid={testid} tab={tab} />
            {tab === "live" ? (
              <Live test={test} drive={drive} />
            ) : (
              <WhatIf test={test} drive={drive} about={about.value} />
            )}
          </>
        )}
      </main>
    </>
  );
}

function TestHead({ test, drive }: { test: WatchedTest; drive: Drive }) {
  const { testid, about, time, scenario, isGone, isQueued } = test;
  const known = knownTest(testid);
  const period = scenario.value?.time_period ?? null;
  const end = period === null ? undefined : about.value?.time_periods[period]?.final_time;
  const says = isGone.value
    ? "Gone"
    : isQueued.value
      ? "Queued"
      : drive.hasEnded.value
        ? "Ended"
        : drive.progress.value === undefined
          ? "Ready"
          : "Running";
  return (
    <div class="head">
      <div>
        <h1>{known?.label || about.value?.testcaseid || "Test"}</h1>
        <p>
          {known?.label ? `${about.value?.testcaseid ?? ""} · ` : ""}test <code>{testid.slice(0, 8)}</code>
        </p>
      </div>
      <div class="clock">
        <span class={`status ${says.toLowerCase()}`} role="status">
          {says}
        </span>
        {time.value !== undefined && <b data-time={time.value}>{moment(time.value)}</b>}
        {end !== undefined && <small>ends {moment(end)}</small>}
      </div>
    </div>
  );
}

function Tabs({ testid, tab }: { testid: string; tab: Tab }) {
  const link = (to: Tab, text: string) => (
    <a href={linkTo({ view: "test", testid, tab: to })} aria-current={tab === to ? "page" : "false"}>
      {text}
    </a>
  );
  return (
    <nav class="tabs" aria-label="Of this test">
      {link("live", "Live")}
      {link("what-if", "What if")}
    </nav>
  );
}

function Live({ test, drive }: { test: WatchedTest; drive: Drive }) {
  return (
    <div class="columns">
      <aside>
        <DriveView test={test} drive={drive} />
        <ByItself test={test} drive={drive} />
        <Again test={test} drive={drive} />
        <KpisView test={test} />
        <Checkpoints test={test} drive={drive} />
        <CodeView testid={test.testid} />
        <Downloads test={test} />
      </aside>
      <div class="plots">
        <WindowBar test={test} />
        {test.panels.value.map((panel) => {
          const point = panel.id.startsWith("point ") ? panel.id.slice(6) : undefined;
          const remove = () => {
            test.added.value = test.added.value.filter((each) => each !== point);
          };
          return (
            <PanelView
              key={panel.id}
              panel={panel}
              test={test}
              {...(point === undefined ? {} : { onRemove: remove })}
            />
          );
        })}
        <AddPoint test={test} />
      </div>
    </div>
  );
}

const WINDOWS: readonly { readonly text: string; readonly window: Window }[] = [
  { text: "All", window: { kind: "all" } },
  { text: "Day", window: { kind: "last", seconds: 86_400 } },
  { text: "Week", window: { kind: "last", seconds: 7 * 86_400 } },
];

function WindowBar({ test }: { test: WatchedTest }) {
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
      <p class="hint wide">Drag to zoom, Shift and drag to move, double-click for all. Dashed: the forecast.</p>
    </fieldset>
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

function Downloads({ test }: { test: WatchedTest }) {
  const name = `${test.about.value?.testcaseid ?? "test"}-${test.testid.slice(0, 8)}`;
  const read = async () => {
    const { inputs = {}, measurements = {} } = test.about.value ?? {};
    const names = [...Object.keys(measurements), ...Object.keys(inputs)];
    return await api.results(test.testid, names, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  };
  const csv = async () => {
    const columns = Object.entries(await read());
    const rows = columns[0]?.[1].map((_, row) => columns.map(([, values]) => values[row] ?? "").join(",")) ?? [];
    save(`${name}.csv`, "text/csv", [columns.map(([point]) => point).join(","), ...rows, ""].join("\n"));
  };
  const json = async () => {
    const all = { testid: test.testid, kpis: test.kpis.value, scenario: test.scenario.value, results: await read() };
    save(`${name}.json`, "application/json", JSON.stringify(all));
  };
  return (
    <p class="downloads">
      All results as{" "}
      <button type="button" class="link" onClick={() => void csv()}>
        CSV
      </button>{" "}
      or{" "}
      <button type="button" class="link" onClick={() => void json()}>
        JSON
      </button>
    </p>
  );
}
