import { useSignal } from "@preact/signals";
import { api } from "../client/api.ts";
import { Refused, Unreachable } from "../client/call.ts";
import type { About } from "../client/types.ts";
import type { Drive } from "../state/drive.ts";
import { shownAs } from "../state/format.ts";
import { kept } from "../state/kept.ts";
import { constantPlans, type Measure, randomPlans, type Tried } from "../state/plans.ts";
import { go } from "../state/route.ts";
import type { WatchedTest } from "../state/test.ts";
import { overwritesOf, zonesOf } from "../state/zones.ts";
import { Fan } from "./fan.tsx";
import { Outcomes } from "./outcomes.tsx";
import { Choice, Problem } from "./parts.tsx";
import { type Kind, PlanForm } from "./plan-form.tsx";

const HOUR = 3600;

/** Plans tried from where the test stands; the test itself does not move, until one is applied. */
export function WhatIf({ test, drive, about }: { test: WatchedTest; drive: Drive; about: About }) {
  const inputs = overwritesOf(about);
  const before = kept<Readonly<Record<string, string>>>(`plans:${test.testid}`, {});
  const tried = kept<Tried | null>(`tried:${test.testid}`, null);
  const measure = useSignal<Measure>("tdis_tot");
  const isTrying = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);

  const attempt = async (form: FormData) => {
    const input = inputs.find(({ name }) => name === form.get("input")) ?? inputs[0];
    const step = test.step.peek();
    const from = test.time.peek();
    if (input === undefined || step === undefined || from === undefined) return;
    before.value = Object.fromEntries([...form].map(([field, value]) => [field, String(value)]));
    const back = shownAs(input.unit).back;
    const limits = [back(Number(form.get("from"))), back(Number(form.get("to")))] as const;
    const steps = Math.max(1, Math.min(1000, Math.round((Number(form.get("hours")) * HOUR) / step)));
    const count = Math.max(2, Math.min(60, Number(form.get("count"))));
    const plans =
      form.get("kind") === ("random" satisfies Kind)
        ? randomPlans(input, limits, count, steps, Math.random)
        : constantPlans(input, limits, count, steps);
    isTrying.value = true;
    problem.value = undefined;
    try {
      const points = zonesOf(about).flatMap(({ temperatures }) => temperatures);
      const found = await api.rollout(test.testid, { candidates: plans.map((plan) => plan.steps), points });
      const outcomes = plans.flatMap((plan, i) => {
        const rollout = found[i];
        return rollout === undefined ? [] : [{ ...plan, rollout }];
      });
      const discomforts = outcomes.map(({ rollout }) => rollout.kpis.rollout.tdis_tot ?? 0);
      tried.value = { from, input, outcomes, chosen: discomforts.indexOf(Math.min(...discomforts)) };
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      problem.value = error.message;
    } finally {
      isTrying.value = false;
    }
  };
  const apply = async () => {
    const outcome = tried.peek()?.outcomes[tried.peek()?.chosen ?? 0];
    if (outcome === undefined) return;
    const done = await drive.during(async () => {
      const { payload } = await api.advanceMany(test.testid, outcome.steps);
      const last = payload.at(-1);
      if (last !== undefined) test.accept(last);
    });
    if (done) go({ view: "test", testid: test.testid, tab: "live" });
  };

  const found = tried.value;
  const hasMoved = found !== null && found.from !== test.time.value;
  return (
    <div class="what-if">
      <section class="card">
        <h2>What if?</h2>
        <p class="hint">Try plans from this moment on. The test does not move until you apply one.</p>
        <PlanForm
          about={about}
          before={before.value}
          isTrying={isTrying.value}
          isReady={test.step.value !== undefined && test.time.value !== undefined}
          onTry={attempt}
        />
        <Problem text={problem.value} />
      </section>
      {found !== null && (
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
          <Fan test={test} about={about} {...found} measure={measure.value} />
          <Outcomes
            {...found}
            measure={measure.value}
            onChoose={(chosen) => {
              tried.value = { ...found, chosen };
            }}
          />
          {hasMoved && <p class="hint">The test has moved on since these plans were tried: try again from here.</p>}
          <button
            type="button"
            class="main"
            disabled={hasMoved || drive.progress.value !== undefined}
            onClick={() => void apply()}
          >
            Apply the chosen plan
          </button>
        </section>
      )}
    </div>
  );
}
