import { useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { goodToBad, Lines } from "../charts/lines.tsx";
import { theme } from "../charts/theme.ts";
import { api } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import type { About } from "../client/types.ts";
import type { Drive } from "../state/drive.ts";
import { duration, number, shownAs } from "../state/format.ts";
import { KPIS } from "../state/kpis.ts";
import { constantPlans, type Outcome, randomPlans, shares } from "../state/plans.ts";
import { go } from "../state/route.ts";
import type { WatchedTest } from "../state/test.ts";
import { type Overwrite, overwritesOf, zonesOf } from "../state/zones.ts";
import { Choice, NumberInput, Problem } from "./parts.tsx";

const HOUR = 3600;
type Measure = "cost_tot" | "tdis_tot";
type Kind = "constant" | "random";

/** Plans tried from where the test stands; the test itself does not move, until one is applied. */
export function WhatIf({ test, drive, about }: { test: WatchedTest; drive: Drive; about: About }) {
  const inputs = overwritesOf(about);
  const outcomes = useSignal<readonly Outcome[]>([]);
  const chosen = useSignal(0);
  const measure = useSignal<Measure>("tdis_tot");
  const isTrying = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const tried = useSignal<Overwrite | undefined>(undefined);

  const attempt = async (form: FormData) => {
    const input = inputs.find(({ name }) => name === form.get("input")) ?? inputs[0];
    const step = test.step.peek();
    if (input === undefined || step === undefined) return;
    const back = shownAs(input.unit).back;
    const limits = [back(Number(form.get("from"))), back(Number(form.get("to")))] as const;
    const steps = Math.max(1, Math.min(1000, Math.round((Number(form.get("hours")) * HOUR) / step)));
    const count = Math.max(2, Math.min(60, Number(form.get("count"))));
    const plans =
      form.get("kind") === "random"
        ? randomPlans(input, limits, count, steps, Math.random)
        : constantPlans(input, limits, count, steps);
    isTrying.value = true;
    problem.value = undefined;
    try {
      const points = zonesOf(about).flatMap(({ temperatures }) => temperatures);
      const found = await api.rollout(test.testid, { candidates: plans.map((plan) => plan.steps), points });
      outcomes.value = plans.flatMap((plan, i) => {
        const rollout = found[i];
        return rollout === undefined ? [] : [{ ...plan, rollout }];
      });
      tried.value = input;
      const discomforts = outcomes.value.map(({ rollout }) => rollout.kpis.rollout.tdis_tot ?? 0);
      chosen.value = discomforts.indexOf(Math.min(...discomforts));
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      problem.value = error.message;
    } finally {
      isTrying.value = false;
    }
  };
  const apply = async () => {
    const outcome = outcomes.peek()[chosen.peek()];
    if (outcome === undefined) return;
    const done = await drive.during(async () => {
      const { payload } = await api.advanceMany(test.testid, outcome.steps);
      const last = payload.at(-1);
      if (last !== undefined) test.accept(last);
    });
    if (done) go({ view: "test", testid: test.testid, tab: "live" });
  };

  return (
    <div class="what-if">
      <section class="card">
        <h2>What if?</h2>
        <p class="hint">Try plans from this moment on. The test does not move until you apply one.</p>
        <PlanForm about={about} isTrying={isTrying.value} isReady={test.step.value !== undefined} onTry={attempt} />
        <Problem text={problem.value} />
      </section>
      {outcomes.value.length > 0 && (
        <section class="card" aria-labelledby="fan">
          <header class="row">
            <h2 id="fan">
              Zone temperature <small>°C</small>
            </h2>
            <Choice
              name="measure"
              label="What colours tell"
              options={[
                { value: "tdis_tot", text: "by discomfort" },
                { value: "cost_tot", text: "by cost" },
              ]}
              chosen={measure.value}
              onChoose={(value) => (measure.value = value)}
            />
          </header>
          <Fan test={test} about={about} outcomes={outcomes.value} chosen={chosen.value} measure={measure.value} />
          <Outcomes
            outcomes={outcomes.value}
            input={tried.value}
            chosen={chosen.value}
            measure={measure.value}
            onChoose={(i) => (chosen.value = i)}
          />
          <button type="button" class="main" disabled={drive.progress.value !== undefined} onClick={() => void apply()}>
            Apply the chosen plan
          </button>
        </section>
      )}
    </div>
  );
}

interface PlanFormProps {
  readonly about: About;
  readonly isTrying: boolean;
  /** The test's step is known. */
  readonly isReady: boolean;
  readonly onTry: (form: FormData) => void;
}

function PlanForm({ about, isTrying, isReady, onTry }: PlanFormProps) {
  const inputs = overwritesOf(about);
  const name = useSignal(inputs[0]?.name ?? "");
  const input = useComputed(() => inputs.find((each) => each.name === name.value) ?? inputs[0]);
  if (input.value === undefined) return <p class="empty">This test case has no inputs.</p>;
  const { unit, minimum, maximum } = input.value;
  const shown = shownAs(unit);
  const [from, to] = [Math.max(0, minimum ?? 0), unit === "W" ? Math.min(3000, maximum ?? 3000) : (maximum ?? 1)];
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onTry(new FormData(event.currentTarget as HTMLFormElement));
  };
  return (
    <form class="fields" onSubmit={onSubmit}>
      <label>
        Input
        <select name="input" value={name.value} onChange={(event) => (name.value = event.currentTarget.value)}>
          {inputs.map((each) => (
            <option key={each.name} value={each.name}>
              {each.description}
            </option>
          ))}
        </select>
      </label>
      <label>
        Plans
        <select name="kind">
          <option value={"constant" satisfies Kind}>Constant values</option>
          <option value={"random" satisfies Kind}>At random</option>
        </select>
      </label>
      <label>
        From{shown.unit === "" ? "" : `, ${shown.unit}`}
        <NumberInput key={`from ${name.value}`} name="from" value={shown.of(from)} />
      </label>
      <label>
        To{shown.unit === "" ? "" : `, ${shown.unit}`}
        <NumberInput key={`to ${name.value}`} name="to" value={shown.of(to)} />
      </label>
      <label>
        How many
        <NumberInput name="count" min="2" max="60" step="1" value={9} />
      </label>
      <label>
        For, hours
        <NumberInput name="hours" min="0.1" max="336" value={12} />
      </label>
      <button type="submit" class="main" disabled={isTrying || !isReady}>
        {isTrying ? "Trying …" : "Try"}
      </button>
    </form>
  );
}

interface FanProps {
  readonly test: WatchedTest;
  readonly about: About;
  readonly outcomes: readonly Outcome[];
  readonly chosen: number;
  readonly measure: Measure;
}

function Fan({ test, about, outcomes, chosen, measure }: FanProps) {
  const [temperature = ""] = zonesOf(about).flatMap(({ temperatures }) => temperatures);
  const colors = shares(outcomes.map(({ rollout }) => rollout.kpis.rollout[measure] ?? 0)).map(goodToBad);
  const { text } = theme.value;
  const past = test.past.value;
  const lines = useMemo(() => {
    const of = shownAs("K").of;
    const times = (past?.time ?? []) as number[];
    const length = outcomes[0]?.rollout.values.length ?? 0;
    const end = times.at(-1) ?? 0;
    const horizon = (outcomes[0]?.rollout.values[length - 1]?.time ?? end) - end;
    const from = times.findIndex((time) => time >= end - horizon);
    const known = times.slice(from).map((_, i) => past?.[temperature]?.[from + i]);
    const lastKnown = known.at(-1);
    const order = outcomes.map((_, i) => i).filter((i) => i !== chosen);
    return [
      {
        label: "until now",
        color: text,
        times: times.slice(from),
        values: known.map((value) => (value == null ? null : of(value))),
      },
      ...[...order, chosen].map((i) => {
        const { name, rollout } = outcomes[i] as Outcome;
        return {
          label: name,
          color: colors[i] ?? "gray",
          width: i === chosen ? 4 : 1.5,
          dashed: i === 0,
          times: [end, ...rollout.values.map(({ time }) => time)],
          values: [
            lastKnown == null ? null : of(lastKnown),
            ...rollout.values.map((each) => of(each[temperature] ?? Number.NaN)),
          ],
        };
      }),
    ];
  }, [outcomes, chosen, measure, text]);
  return <Lines title="What would come of each plan" lines={lines} height={300} />;
}

interface OutcomesProps {
  readonly outcomes: readonly Outcome[];
  readonly input: Overwrite | undefined;
  readonly chosen: number;
  readonly measure: Measure;
  readonly onChoose: (index: number) => void;
}

function Outcomes({ outcomes, input, chosen, measure, onChoose }: OutcomesProps) {
  const names = ["tdis_tot", "cost_tot", "ener_tot"] as const;
  const shown = shownAs(input?.unit);
  const colors = shares(outcomes.map(({ rollout }) => rollout.kpis.rollout[measure] ?? 0)).map(goodToBad);
  const label = (name: string) =>
    /^-?[\d.e+-]+$/i.test(name) ? `${number(shown.of(Number(name)))} ${shown.unit}` : name;
  const first = outcomes[0]?.rollout.values;
  const count = first?.length ?? 0;
  const length = (((first?.at(-1)?.time ?? 0) - (first?.[0]?.time ?? 0)) * count) / Math.max(1, count - 1);
  return (
    <div class="scroll">
      <table>
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
