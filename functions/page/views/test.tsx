import { useEffect, useMemo } from "preact/hooks";
import type { Drive } from "../state/drive.ts";
import { moment } from "../state/format.ts";
import { knownTest } from "../state/kept.ts";
import { leaveTest, openTest } from "../state/open.ts";
import { linkTo, type Tab } from "../state/route.ts";
import type { WatchedTest } from "../state/test.ts";
import { Live } from "./live.tsx";
import { Problem, Top } from "./parts.tsx";
import { WhatIf } from "./what-if.tsx";

/** A test, live. */
export function TestView({ testid, tab }: { testid: string; tab: Tab }) {
  const { test, drive } = useMemo(() => openTest(testid), [testid]);
  useEffect(() => () => leaveTest(testid), [testid]);
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
  const { testid, about, time, scenario, isGone, isQueued, runsByItself } = test;
  const known = knownTest(testid);
  const period = scenario.value?.time_period ?? null;
  const end = period === null ? undefined : about.value?.time_periods[period]?.final_time;
  const says = isGone.value
    ? "Gone"
    : isQueued.value
      ? "Queued"
      : drive.hasEnded.value
        ? "Ended"
        : drive.progress.value === undefined && !runsByItself.value
          ? "Ready"
          : "Running";
  return (
    <div class="head">
      <div>
        <h1 tabIndex={-1}>{known?.label || about.value?.testcaseid || "Test"}</h1>
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
