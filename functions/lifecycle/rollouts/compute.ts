import type { States } from "../../results/state.ts";
import type { PriceScenario } from "../../simulation/kpis/kpis.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import { type Beginning, Trial, type TrialOutcome, type TrialState } from "../../simulation/trial.ts";
import type { Answer } from "../../streams/answer.ts";
import type { TestFields } from "../../streams/claim.ts";
import { MAX_ROLLOUT_MS } from "../commands/limits.ts";
import { envelope, type Suspended } from "../outcome.ts";
import { decode } from "../record/record.ts";
import { simulateInSlices } from "../simulate/slices.ts";
import { loadSequence, loadSnapshot, storeSequence } from "../simulate/stored-states.ts";
import { LookAhead } from "./look-ahead.ts";
import { planRollout, type Refused, type RolloutParams, type RolloutPlan, trialPlan } from "./request.ts";

/** A rollout to compute, and the committed state that it begins with and does not change. */
export interface Rollout {
  readonly testcase: TestCase;
  readonly beginning: Beginning;
  readonly electricityPrice: PriceScenario;
  readonly plan: RolloutPlan;
}

/** A rollout that was answered, with all candidates or because it took too long; or suspended. */
export type RolledOut = { readonly kind: "answer"; readonly answer: Answer } | Suspended;

/** Keeps states where they are: for a caller that saves nothing and whose states are small. */
const IN_PLACE: States = { store: async (state) => state, load: async (state) => state };

/** Reads a rollout with the rules of the test case. @param test has the fields of `TRIAL_FIELDS` */
export function prepareRollout(
  testcase: TestCase,
  test: TestFields,
  params: RolloutParams,
): { readonly ok: true; readonly rollout: Rollout } | Refused {
  const snapshot = decode(test, "state");
  const planned = planRollout(testcase, { held: snapshot.inputs, stepSeconds: decode(test, "step") }, params);
  if (!planned.ok) return planned;
  const points = JSON.parse(test.points ?? "{}") as Beginning["points"];
  const electricityPrice = decode(test, "scenario").electricity_price;
  return { ok: true, rollout: { testcase, beginning: { snapshot, points }, electricityPrice, plan: planned.plan } };
}

/**
 * Tries all candidates: one after the other, or several at once where the emulator can do that.
 *
 * @param breathe is called after each slice; whether the invocation's time is up
 * @param progress what an earlier invocation saved of the same rollout
 * @param states where large states are stored; in the progress by default
 * @throws SimulationFailed; ModelElsewhere; StateGone
 */
export async function rollOut(
  rollout: Rollout,
  breathe: () => Promise<boolean>,
  progress: TestFields = {},
  states: States = IN_PLACE,
): Promise<RolledOut> {
  const { testcase, beginning, electricityPrice, plan } = rollout;
  const { candidates, isSingle, points } = plan;
  const first = Number(progress.done ?? 0);
  const outcomes = Array.from({ length: first }, (_, i) => progress[`outcome:${i}`] ?? "null");
  const startedAt = performance.now();
  const spentMs = () => Number(progress.spentMs ?? 0) + performance.now() - startedAt;
  let spentBefore = spentMs();

  let trial = await trialOf(rollout, first, states, progress.trial);
  const ahead = new LookAhead(rollout, trial?.hasBegun === true ? first : -1, progress.isOneByOne === "true");
  /** Moves on to the next candidate with steps to take, at the scenario's end there are none; takes over those that are known. */
  const finishDone = async () => {
    while (trial?.isDone) {
      outcomes.push(outcomeJson(trial.outcome(electricityPrice), points));
      trial = (await ahead.trialOf(outcomes.length)) ?? (await trialOf(rollout, outcomes.length, states));
    }
  };
  await finishDone();
  const suspended = await simulateInSlices<true>(
    { testcase, progress, pace: { breathe } },
    {
      isDone: () => trial === undefined,
      intervalsLeft: () => (ahead.isUnknown(outcomes.length) ? undefined : trial?.intervalsLeft),
      where: () => ` in candidate ${outcomes.length + 1}`,
      simulate: async (most) => {
        spentBefore = spentMs();
        if (ahead.isUnknown(outcomes.length)) {
          await ahead.compute(outcomes.length, await loadSnapshot(states, beginning.snapshot));
          trial = (await ahead.trialOf(outcomes.length)) ?? trial;
        } else {
          await trial?.continue(most);
        }
        return true;
      },
      accept: finishDone,
      save: async (isUnavailable) => {
        // A call to an unavailable emulator is not computing time.
        const spent = isUnavailable ? spentBefore : spentMs();
        const saved = { trial: await saveTrial(states, trial), spentMs: String(spent) };
        return { ...newOutcomes(outcomes, first), ...saved, isOneByOne: String(ahead.isOff) };
      },
    },
  );
  if (suspended !== undefined && Number(suspended.progress.spentMs) <= MAX_ROLLOUT_MS) return suspended;
  if (suspended !== undefined) return { kind: "answer", answer: tookTooLong(outcomes.length, candidates.length) };
  const what = candidates.length === 1 ? "One candidate was" : `${candidates.length} candidates were`;
  const time = beginning.snapshot.time;
  const message = plan.warnings.appendTo(`${what} tried from ${time} s. The test is as it was.`);
  const payload = isSingle ? (outcomes[0] ?? "null") : `[${outcomes.join(",")}]`;
  return { kind: "answer", answer: envelope(200, message, payload) };
}

/** Refuses a rollout that took too long. A part of the outcomes is not an answer. */
function tookTooLong(done: number, candidates: number): Answer {
  const seconds = MAX_ROLLOUT_MS / 1000;
  const message = `The rollout was given up after ${seconds} s of computing, which is all that one may take: ${done} of its ${candidates} candidates would fit.`;
  return envelope(413, message);
}

/** Progress fields of this invocation's outcomes. Earlier ones are saved already. */
function newOutcomes(outcomes: readonly string[], first: number): TestFields {
  const fresh = outcomes.slice(first).map((outcome, i): [string, string] => [`outcome:${first + i}`, outcome]);
  return { ...Object.fromEntries(fresh), done: String(outcomes.length) };
}

async function saveTrial(states: States, trial: Trial | undefined): Promise<string> {
  if (trial === undefined) return "";
  const state = trial.state();
  return JSON.stringify({ ...state, sequence: await storeSequence(states, state.sequence) } satisfies TrialState);
}

/** The trial of a candidate, from its beginning or as it was saved; undefined after the last candidate. */
async function trialOf(
  { testcase, beginning, plan }: Rollout,
  candidate: number,
  states: States,
  saved?: string,
): Promise<Trial | undefined> {
  const inputs = plan.candidates[candidate];
  if (inputs === undefined) return undefined;
  const of = trialPlan(plan, inputs);
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
