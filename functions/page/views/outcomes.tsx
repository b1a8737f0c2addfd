import { goodToBad } from "../charts/lines.tsx";
import { duration, number, shownAs } from "../state/format.ts";
import { KPIS } from "../state/kpis.ts";
import { type Measure, type Outcome, shares } from "../state/plans.ts";
import type { Overwrite } from "../state/zones.ts";

interface OutcomesProps {
  readonly outcomes: readonly Outcome[];
  readonly input: Overwrite;
  readonly chosen: number;
  readonly measure: Measure;
  readonly onChoose: (index: number) => void;
}

/** What plans come to, in figures; one of them is chosen. */
export function Outcomes({ outcomes, input, chosen, measure, onChoose }: OutcomesProps) {
  const names = ["tdis_tot", "cost_tot", "ener_tot"] as const;
  const shown = shownAs(input.unit);
  const colors = shares(outcomes.map(({ rollout }) => rollout.kpis.rollout[measure] ?? 0)).map(goodToBad);
  const label = (name: string) =>
    /^-?[\d.e+-]+$/i.test(name) ? `${number(shown.of(Number(name)))} ${shown.unit}` : name;
  const first = outcomes[0]?.rollout.values;
  const count = first?.length ?? 0;
  const length = (((first?.at(-1)?.time ?? 0) - (first?.[0]?.time ?? 0)) * count) / Math.max(1, count - 1);
  return (
    <div class="scroll">
      <table class="plans">
        <caption>Key figures of the plans alone, over {duration(length)}</caption>
        <thead>
          <tr>
            <th scope="col">Plan</th>
            {names.map((name) => (
              <th key={name} scope="col" title={KPIS[name].means}>
                {KPIS[name].name} <small>{KPIS[name].unit}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {outcomes.map(({ name, rollout }, i) => (
            <tr key={name} class={i === chosen ? "chosen" : ""}>
              <th scope="row">
                <label>
                  <input type="radio" name="plan" checked={i === chosen} onChange={() => onChoose(i)} />
                  <i class="chip" style={{ background: colors[i] ?? "gray" }} />
                  {label(name)}
                </label>
              </th>
              {names.map((kpi) => (
                <td key={kpi}>{number(rollout.kpis.rollout[kpi])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
