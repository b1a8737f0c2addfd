import type { States } from "../../results/state.ts";
import type { PriceScenario } from "../../simulation/kpis/kpis.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import { type Beginning, Trial, type TrialOutcome, type TrialState } from "../../simulation/trial.ts";
import type { Answer } from "../../streams/answer.ts";
import type { TestFields } from "../../streams/claim.ts";
import { MAX_ROLLOUT_MS } from "../commands/limits.ts";
import type { LeftOff } from "../outcome.ts";
import { envelope } from "../outcome.ts";
import { scenarioOf, snapshotOf } from "../record/record.ts";
import { Slices } from "../simulate/slices.ts";
import { loadSequence, loadSnapshot, storeSequence } from "../simulate/stored-states.ts";
import { planRollout, type Refused, type RolloutParams, type RolloutPlan } from "./request.ts";

/** What is tried, and from where: a committed state that nothing of this changes. */
export interface Rollout {
  readonly testcase: TestCase;
  readonly beginning: Beginning;
  readonly electricityPrice: PriceScenario;
  readonly plan: RolloutPlan;
}

/** A rollout's answer, once all of it is computed or it was given up; or as far as the time reached: what to go on from. */
export type RolledOut = { readonly kind: "answer"; readonly answer: Answer } | LeftOff;

/** For those who save nothing, and begin from nothing that is large. */
const IN_PLACE: States = { store: async (state) => state, load: async (state) => state };

/** What a rollout needs to know of a test, besides its test case. */
export const ROLLOUT_FIELDS = ["state", "points", "step", "scenario"] as const;

/** What is to be tried from where a test stands, or why it is refused. `test` has the fields of `ROLLOUT_FIELDS`. */
export function prepareRollout(
  testcase: TestCase,
  test: TestFields,
  params: RolloutParams,
): { readonly ok: true; readonly rollout: Rollout } | Refused {
  const snapshot = snapshotOf(test);
  const planned = planRollout(testcase, { held: snapshot.inputs, stepSeconds: Number(test.step) }, params);
  if (!planned.ok) return planned;
  const points = JSON.parse(test.points ?? "{}") as Beginning["points"];
  const electricityPrice = scenarioOf(test).electricity_price;
  return { ok: true, rollout: { testcase, beginning: { snapshot, points }, electricityPrice, plan: planned.plan } };
}

/**
 * Tries every candidate, one after the other.
 *
 * @param breathe is called every few milliseconds; whether the invocation's time is up
 * @param progress what an earlier invocation has saved of the same rollout
 * @param states where states are saved, and large ones are; in the progress itself unless given
 * @throws SimulationFailed; ModelElsewhere; StateGone
 */
export async function rollOut(
  rollout: Rollout,
  breathe: () => Promise<boolean>,
  progress: Readonly<Record<string, string>> = {},
  states: States = IN_PLACE,
): Promise<RolledOut> {
  const { candidates, isSingle } = rollout.plan;
  const slices = new Slices(rollout.testcase, progress.slice);
  const startedAt = performance.now();
  const spentMs = () => Number(progress.spentMs ?? 0) + performance.now() - startedAt;
  const first = Number(progress.done ?? 0);
  const outcomes = Array.from({ length: first }, (_, i) => progress[`outcome:${i}`] ?? "null");

  for (let i = first; i < candidates.length; i++) {
    const trial = await trialOf(rollout, i, states, i === first ? progress.trial : undefined);
    while (!trial.isDone) {
      const spentBefore = spentMs();
      await slices.take(trial.intervalsLeft, (most) => trial.continue(most), ` in candidate ${i + 1}`);
      const timeIsUp = await breathe();
      const { unavailable } = slices;
      if (!timeIsUp && unavailable === undefined) continue;
      // Time in which nobody could be asked is no computing.
      const spent = unavailable === undefined ? spentMs() : spentBefore;
      if (spent > MAX_ROLLOUT_MS) return { kind: "answer", answer: exhausted(i, candidates.length) };
      const reached = { slice: slices.save(), trial: await saveTrial(states, trial), spentMs: String(spent) };
      return { kind: "suspend", progress: { ...saved(outcomes, first), ...reached }, unavailable };
    }
    outcomes.push(outcomeJson(trial.outcome(rollout.electricityPrice), rollout.plan.points));
  }
  const { snapshot } = rollout.beginning;
  const what = candidates.length === 1 ? "One candidate was" : `${candidates.length} candidates were`;
  const message = rollout.plan.warnings.appendTo(`${what} tried from ${snapshot.time} s. The test is as it was.`);
  const payload = isSingle ? (outcomes[0] ?? "null") : `[${outcomes.join(",")}]`;
  return { kind: "answer", answer: envelope(200, message, payload) };
}

/** Refuses what took too long: a part is never passed off as the whole. */
function exhausted(done: number, candidates: number): Answer {
  const seconds = MAX_ROLLOUT_MS / 1000;
  const message = `The rollout was given up after ${seconds} s of computing, which is all that one may take: ${done} of its ${candidates} candidates would fit.`;
  return envelope(413, message);
}

/** What is new since the invocation began; what was saved before stays saved. */
function saved(outcomes: readonly string[], first: number): Record<string, string> {
  const fresh = outcomes.slice(first).map((outcome, i): [string, string] => [`outcome:${first + i}`, outcome]);
  return { ...Object.fromEntries(fresh), done: String(outcomes.length) };
}

async function saveTrial(states: States, trial: Trial): Promise<string> {
  const state = trial.state();
  return JSON.stringify({ ...state, sequence: await storeSequence(states, state.sequence) } satisfies TrialState);
}

async function trialOf(
  { testcase, beginning, plan }: Rollout,
  candidate: number,
  states: States,
  saved: string | undefined,
): Promise<Trial> {
  const inputs = plan.candidates[candidate] ?? [];
  const of = { inputs, stepSeconds: plan.stepSeconds, points: plan.points, samples: plan.samples };
  if (saved === undefined) {
    return Trial.begin(testcase, of, { ...beginning, snapshot: await loadSnapshot(states, beginning.snapshot) });
  }
  const state = JSON.parse(saved) as TrialState;
  return Trial.resume(testcase, of, { ...state, sequence: await loadSequence(states, state.sequence) });
}

function outcomeJson({ values, kpis, samples }: TrialOutcome, points: readonly string[]): string {
  const body = `"values":${JSON.stringify(values)},"kpis":${JSON.stringify(kpis)}`;
  if (samples === undefined) return `{${body}}`;
  const names = samples.names.length > 0 ? samples.names : ["time", ...points];
  const columns = names.map((name, i) => `${JSON.stringify(name)}:[${samples.columns[i]?.join(",") ?? ""}]`);
  return `{${body},"samples":{${columns.join(",")}}}`;
}
