import { KPI_NAMES, type KpiName, type Kpis } from "../client/types.ts";
import { number } from "../state/format.ts";
import { KPIS } from "../state/kpis.ts";
import type { WatchedTest } from "../state/test.ts";

/** The KPIs, with what each means. Those that the test case does not have are left out. */
export function KpisView({ test }: { test: WatchedTest }) {
  const kpis = test.kpis.value;
  const names = KPI_NAMES.filter((name) => (kpis?.[name] ?? null) !== null);
  return (
    <section class="card kpis" aria-labelledby="kpis">
      <h2 id="kpis">Key figures so far</h2>
      {kpis === undefined ? (
        <p class="empty">Loading …</p>
      ) : (
        <>
          <dl>
            {names.map((name) => (
              <div key={name} title={KPIS[name].means}>
                <dt>{KPIS[name].name}</dt>
                <dd data-kpi={name}>
                  <b>{number(kpis[name])}</b> <small>{KPIS[name].unit}</small>
                  <Spark values={test.history.value.map(({ time, kpis: then }) => [time, then[name] ?? 0])} />
                </dd>
              </div>
            ))}
          </dl>
          <details>
            <summary>What they mean</summary>
            <ul class="hint">
              {names.map((name) => (
                <li key={name}>
                  <b>{KPIS[name].name}</b>: {KPIS[name].means}
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
    </section>
  );
}

/** How a KPI grew while it was watched. */
function Spark({ values }: { values: readonly (readonly [time: number, value: number])[] }) {
  if (values.length < 3) return null;
  const [times, heights] = [values.map(([time]) => time), values.map(([, value]) => value)];
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const points = values.map(([time, value]) => {
    const x = ((time - from) / Math.max(1e-9, to - from)) * 48;
    const y = 15 - ((value - low) / Math.max(1e-12, high - low)) * 14;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="spark" viewBox="0 0 48 16" width="48" height="16" aria-hidden="true">
      <polyline points={points.join(" ")} />
    </svg>
  );
}

/** The KPIs that at least one of several tests has. */
export function sharedKpis(list: readonly (Kpis | undefined)[]): readonly KpiName[] {
  return KPI_NAMES.filter((name) => list.some((kpis) => (kpis?.[name] ?? null) !== null));
}
