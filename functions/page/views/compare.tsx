import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Lines, type StillBand, type StillLine } from "../charts/lines.tsx";
import { lineColor, theme } from "../charts/theme.ts";
import { comfortPoints } from "../state/comfort.ts";
import { type Compared, watchCompared } from "../state/compare.ts";
import { moment, number, shownAs } from "../state/format.ts";
import { knownTest, knownTests } from "../state/kept.ts";
import { KPIS } from "../state/kpis.ts";
import { go, linkTo } from "../state/route.ts";
import { powersOf, zonesOf } from "../state/zones.ts";
import { sharedKpis } from "./kpis.tsx";
import { Problem, Top } from "./parts.tsx";

/** More lines than colours tell nothing. */
const MOST = 8;

/** Several tests beside each other. Which ones is in the address: a link shows the same. */
export function Compare({ testids }: { testids: readonly string[] }) {
  const tests = useSignal<readonly Compared[] | undefined>(undefined);
  const ids = testids.join(",");
  useEffect(
    () =>
      watchCompared(testids.slice(0, MOST), (found) => {
        tests.value = found;
      }),
    [ids],
  );
  const found = tests.value?.filter(({ about }) => about !== undefined) ?? [];
  return (
    <>
      <Top />
      <main class="narrow compare">
        <h1 tabIndex={-1}>Compare</h1>
        <ChooseTests testids={testids} />
        {tests.value
          ?.filter(({ problem }) => problem !== undefined)
          .map(({ testid, problem }) => (
            <Problem key={testid} text={`Test ${testid.slice(0, 8)}: ${problem}`} />
          ))}
        {testids.length > 0 && tests.value === undefined && <p class="empty">Loading …</p>}
        {found.length > 0 && <KpiTable tests={found} />}
        {found.length > 0 && <Trajectories tests={found} />}
      </main>
    </>
  );
}

/** What a test is called here; its id is part of that where another has the same name. */
function nameOf(test: Compared, all: readonly Compared[]): string {
  const plain = ({ testid, about }: Compared) => knownTest(testid)?.label || about?.testcaseid || "Test";
  const name = plain(test);
  const isAlone = all.every((other) => other === test || plain(other) !== name);
  return isAlone ? name : `${name} ${test.testid.slice(0, 8)}`;
}

function ChooseTests({ testids }: { testids: readonly string[] }) {
  const known = knownTests.value;
  const shown = [
    ...known.slice(0, 20),
    ...testids.filter((id) => !known.some(({ testid }) => testid === id)).map(unknownTest),
  ];
  const toggle = (testid: string) =>
    go({
      view: "compare",
      testids: testids.includes(testid) ? testids.filter((each) => each !== testid) : [...testids, testid],
    });
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(String(new FormData(form).get("testid")))?.[0];
    if (id !== undefined && !testids.includes(id)) go({ view: "compare", testids: [...testids, id] });
    form.reset();
  };
  return (
    <details class="card" open={testids.length === 0}>
      <summary>Choose tests</summary>
      {shown.length === 0 && (
        <p class="empty">
          There is no test yet. <a href={linkTo({ view: "start" })}>Start one</a>, run it, and come back.
        </p>
      )}
      <ul class="choices">
        {shown.map(({ testid, testcaseid, label }) => (
          <li key={testid}>
            <label>
              <input type="checkbox" checked={testids.includes(testid)} onChange={() => toggle(testid)} />
              {label || testcaseid} <small>{`${label && testcaseid} ${testid.slice(0, 8)}`}</small>
            </label>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={add}>
        <label class="grow">
          <span class="unseen">Id or link of another test</span>
          <input name="testid" placeholder="Id or link of another test" />
        </label>
        <button type="submit">Add</button>
      </form>
    </details>
  );
}

function unknownTest(testid: string) {
  return { testid, testcaseid: "Another's test", label: "" };
}

function KpiTable({ tests }: { tests: readonly Compared[] }) {
  // How fast a controller is says nothing of the building.
  const names = sharedKpis(tests.map(({ kpis }) => kpis)).filter((name) => name !== "time_rat");
  return (
    <section class="card" aria-labelledby="figures">
      <h2 id="figures">Key figures</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Key figures, side by side">
        <table class="bars">
          <thead>
            <tr>
              <td />
              {tests.map((test, i) => (
                <th key={test.testid} scope="col">
                  <i class="chip" style={{ background: lineColor(theme.value, i) }} />
                  <a href={linkTo({ view: "test", testid: test.testid, tab: "live" })}>{nameOf(test, tests)}</a>
                  <small>{moment(test.time ?? 0)}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const values = tests.map(({ kpis }) => kpis?.[name] ?? null);
              const known = values.filter((value) => value !== null);
              const [least, most] = [Math.min(...known), Math.max(...known.map(Math.abs), 1e-12)];
              return (
                <tr key={name}>
                  <th scope="row" title={KPIS[name].means}>
                    {KPIS[name].name} <small>{KPIS[name].unit}</small>
                  </th>
                  {values.map((value, i) => (
                    <td
                      key={tests[i]?.testid}
                      class={value === least && known.some((other) => other > least) ? "best" : ""}
                    >
                      {number(value)}
                      <span class="bar" aria-hidden="true">
                        <i
                          style={{
                            width: `${(Math.abs(value ?? 0) / most) * 100}%`,
                            background: lineColor(theme.value, i),
                          }}
                        />
                      </span>
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <p class="hint">Less is better. Compare tests that have come equally far.</p>
    </section>
  );
}

function valuesOf({ columns }: Compared, point: string, unit: string): (number | null)[] {
  const show = shownAs(unit).of;
  return (columns?.[point] ?? []).map((value) => (value === null ? null : show(value)));
}

/** The comfort band of a test's first zone. */
function bandOf(test: Compared | undefined): StillBand | undefined {
  const [lower, upper] = test?.about === undefined ? [] : comfortPoints(test.about);
  if (test === undefined || lower === undefined || upper === undefined) return undefined;
  const times = (test.columns?.time ?? []) as number[];
  return { times, lower: valuesOf(test, lower, "K"), upper: valuesOf(test, upper, "K") };
}

function Trajectories({ tests }: { tests: readonly Compared[] }) {
  const { lines } = theme.value;
  const plots = useMemo(() => {
    const of = (unit: string, points: (test: Compared) => readonly string[]) =>
      tests.flatMap((test, i) =>
        points(test).map((point, n): StillLine => {
          const name = nameOf(test, tests);
          return {
            label: points(test).length === 1 ? name : `${name}, ${point}`,
            color: lines[i % lines.length] ?? "gray",
            width: n === 0 ? 2 : 1.2,
            dashed: n > 0,
            times: (test.columns?.time ?? []) as number[],
            values: valuesOf(test, point, unit),
          };
        }),
      );
    return [
      {
        title: "Zone temperature",
        unit: "°C",
        lines: of("K", ({ about }) => (about ? zonesOf(about).flatMap((zone) => zone.temperatures) : [])),
        band: bandOf(tests[0]),
      },
      {
        title: "Power",
        unit: "kW",
        band: undefined,
        lines: of("W", ({ about }) => (about ? powersOf(about).map(({ point }) => point) : [])),
      },
    ];
  }, [tests, lines]);
  return (
    <>
      {plots.map(({ title, unit, lines: drawn, band }) => (
        <section key={title} class="card panel" aria-label={title}>
          <h2>
            {title} <small>{unit}</small>
          </h2>
          <Lines title={title} lines={drawn} band={band} height={240} />
        </section>
      ))}
    </>
  );
}
