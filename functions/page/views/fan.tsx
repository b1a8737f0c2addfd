import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { goodToBad, Lines, type StillBand, type StillLine } from "../charts/lines.tsx";
import { theme } from "../charts/theme.ts";
import type { About, Columns } from "../client/types.ts";
import { boundsOf } from "../state/comfort.ts";
import { shownAs } from "../state/format.ts";
import { type Measure, type Outcome, shares } from "../state/plans.ts";
import type { WatchedTest } from "../state/test.ts";
import { zonesOf } from "../state/zones.ts";

interface FanProps {
  readonly test: WatchedTest;
  readonly about: About;
  readonly outcomes: readonly Outcome[];
  /** Where the plans begin, s. */
  readonly from: number;
  readonly chosen: number;
  readonly measure: Measure;
}

const celsius = shownAs("K").of;
const shown = (value: number | null | undefined) => (value == null ? null : celsius(value));

/** A zone's temperature under each plan, coloured by what the plan costs; behind it the comfort band. */
export function Fan({ test, about, outcomes, from, chosen, measure }: FanProps) {
  const zones = zonesOf(about);
  const name = useSignal(zones[0]?.name ?? "");
  const zone = zones.find((each) => each.name === name.value) ?? zones[0];
  const point = zone?.temperatures[0] ?? "";
  const { text } = theme.value;
  const past = test.past.value;
  const future = test.future.value;
  const lines = useMemo(
    () => linesOf({ outcomes, from, chosen, measure, past, point, text }),
    [outcomes, from, chosen, measure, past, point, text],
  );
  const band = useMemo(() => bandOf(zone?.name ?? "", lines, past, future), [zone?.name, lines, past, future]);
  return (
    <>
      {zones.length > 1 && (
        <label class="add">
          Zone
          <select value={name.value} onChange={(event) => (name.value = event.currentTarget.value)}>
            {zones.map((each) => (
              <option key={each.name} value={each.name}>
                {each.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <Lines title="What would come of each plan" lines={lines} band={band} height={300} />
    </>
  );
}

interface FanOf extends Pick<FanProps, "outcomes" | "from" | "chosen" | "measure"> {
  readonly past: Columns | undefined;
  readonly point: string;
  readonly text: string;
}

/** The time until now, as long as what follows; then each plan, the chosen one on top. */
function linesOf({ outcomes, from, chosen, measure, past, point, text }: FanOf): StillLine[] {
  const colors = shares(outcomes.map(({ rollout }) => rollout.kpis.rollout[measure] ?? 0)).map(goodToBad);
  const end = outcomes[0]?.rollout.values.at(-1)?.time ?? from;
  const times = (past?.time ?? []) as number[];
  const before = times.flatMap((time, i) => (time >= 2 * from - end && time <= from ? [i] : []));
  const values = before.map((i) => shown(past?.[point]?.[i]));
  const order = [...outcomes.keys()].filter((i) => i !== chosen);
  const plans = [...order, chosen].flatMap((i): StillLine[] => {
    const outcome = outcomes[i];
    if (outcome === undefined) return [];
    return [
      {
        label: "chosen plan",
        color: colors[i] ?? "gray",
        width: i === chosen ? 4 : 1.5,
        dashed: i === 0,
        isNameless: i !== chosen,
        times: [from, ...outcome.rollout.values.map(({ time }) => time)],
        values: [values.at(-1) ?? null, ...outcome.rollout.values.map((each) => shown(each[point]))],
      },
    ];
  });
  return [{ label: "until now", color: text, times: before.map((i) => times[i] ?? 0), values }, ...plans];
}

/** The limits of comfort as far as lines reach. */
function bandOf(zone: string, lines: readonly StillLine[], past?: Columns, future?: Columns): StillBand | undefined {
  const [lower, upper] = boundsOf(zone);
  if (future?.[lower] === undefined || future[upper] === undefined) return undefined;
  const first = lines[0]?.times[0] ?? Number.NEGATIVE_INFINITY;
  const last = lines.at(-1)?.times.at(-1) ?? Number.POSITIVE_INFINITY;
  const now = (past?.time?.at(-1) ?? first) as number;
  const rows = [past, future].flatMap((columns, part) =>
    ((columns?.time ?? []) as number[]).flatMap((time, i) => {
      const isWanted = time >= first && time <= last && (part === 0 || time > now);
      return isWanted ? [{ time, lower: shown(columns?.[lower]?.[i]), upper: shown(columns?.[upper]?.[i]) }] : [];
    }),
  );
  return {
    times: rows.map(({ time }) => time),
    lower: rows.map((row) => row.lower),
    upper: rows.map((row) => row.upper),
  };
}
