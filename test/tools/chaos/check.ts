import { isDeepStrictEqual } from "node:util";
import type { TestCase } from "../../../functions/simulation/testcase.ts";
import type { Command } from "./commands.ts";
import { type Entry, type Fork, type Life, type Rollout, type Span, Violation } from "./history.ts";
import { fail, isAlike, isGivenUp, isLost, isOfRun, type Matched, match } from "./match.ts";
import { asKept } from "./set-backs.ts";
import { Undisturbed } from "./undisturbed.ts";

/** The outcomes of the commands of a life and of its forks. */
export interface Checked {
  /** Commands with the promised answer. */
  readonly acknowledged: number;
  /** Of the commands without a reply: took effect once, or not at all. */
  readonly lostApplied: number;
  readonly lostUnapplied: number;
  /** Acknowledged commands that the database lost when it went back. */
  readonly takenBack: number;
  /** Commands answered 500 because workers died, or seemed to; nothing was applied. */
  readonly givenUp: number;
  readonly rollouts: number;
  readonly forks: number;
  /** Steps of runs that went by themselves. */
  readonly runSteps: number;
}

/**
 * Compares a test with an undisturbed one, in which one process carries out the commands one after the other, in the order of
 * the answers: every acknowledged command exactly once and in its client's order, every other one at most once; each answer,
 * the results and the KPIs bit for bit. A rollout or fork must match the test's state at some moment of its call; forks are
 * then compared as tests of their own.
 *
 * @param uploaded the uploaded test case, if there is one
 * @throws Violation
 */
export async function check(life: Life, uploaded?: TestCase): Promise<Checked> {
  const [start, ...answers] = life.remains.entries;
  if (start?.text !== JSON.stringify({ testid: life.testid })) fail(life, `its first answer is ${start?.text}`);
  const testcase = uploaded?.id === life.testcaseid ? uploaded : life.testcaseid;
  return await checkFrom(await Undisturbed.select(testcase), life, answers);
}

async function checkFrom(test: Undisturbed, told: Life, answers: readonly Entry[]): Promise<Checked> {
  const life = asKept(told, answers);
  const { entries, revision } = life.remains;
  if (revision !== entries.length) fail(life, `revision ${revision} after ${entries.length} answers`);
  const matched = match(life, answers);
  const rollouts = new Map(life.rollouts.map((rollout) => [rollout, momentsOf(rollout, answers, matched)]));
  const forks = new Map(life.forks.map((fork) => [fork, momentsOf(fork, answers, matched)]));
  const begins = new Map<Fork, (Undisturbed | undefined)[]>(life.forks.map((fork) => [fork, []]));
  let givenUp = 0;
  for (let moment = 0; ; moment++) {
    const isPossible = ([, { earliest, latest }]: readonly [unknown, Moments]) =>
      earliest <= moment && moment <= latest;
    for (const [rollout] of [...rollouts].filter(isPossible)) {
      if (await isWhatComesOf(rollout, test)) rollouts.delete(rollout);
    }
    for (const [fork] of [...forks].filter(isPossible)) begins.get(fork)?.push(test.fork(fork.checkpoint));
    const entry = answers[moment];
    if (entry === undefined) break;
    if (isGivenUp(entry)) givenUp++;
    else await carryOut(test, life, entry, matched);
  }
  for (const [rollout] of rollouts) {
    fail(life, `a rollout of ${JSON.stringify(rollout.inputs)} tells ${rollout.answer.text}, undisturbed another`);
  }
  requireRemains(life, test);

  const lost = life.calls.filter(isLost);
  const lostApplied = lost.filter((call) => new Set(matched.values()).has(call)).length;
  const itself: Checked = {
    acknowledged: life.calls.length - lost.length,
    lostApplied,
    lostUnapplied: lost.length - lostApplied,
    takenBack: lost.length - told.calls.filter(isLost).length,
    givenUp,
    rollouts: life.rollouts.length,
    forks: life.forks.length,
    runSteps: test.runSteps,
  };
  const ofForks: Checked[] = [];
  for (const [fork, possible] of begins) ofForks.push(...(await checkFork(life, fork, possible)));
  return ofForks.reduce(add, itself);
}

export function add(one: Checked, other: Checked): Checked {
  const names = Object.keys(one) as (keyof Checked)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as unknown as Checked;
}

async function carryOut(test: Undisturbed, life: Life, entry: Entry, matched: Matched): Promise<void> {
  const command = matched.get(entry)?.command;
  if (command === undefined) {
    const wrong = isOfRun(entry) ? await test.carryOutOfRun(entry.text) : "has no call";
    return wrong === undefined ? undefined : fail(life, `answer ${entry.id} ${wrong}: ${entry.text}`);
  }
  const expected = await test.carryOut(command);
  if (expected.status === entry.status && isDeepStrictEqual(payloadOf(entry, command), expected.payload)) return;
  const what = `${command.method} ${JSON.stringify(command.body)}`;
  fail(life, `${what} was answered ${entry.status} ${entry.text}, undisturbed ${JSON.stringify(expected)}`);
}

/** The part of the answer that follows from the commands: not a checkpoint's time of creation or size. */
function payloadOf({ text }: Entry, { method }: Command): unknown {
  const { payload } = JSON.parse(text) as { payload: Record<string, unknown> | null };
  // They tell of the wall clock.
  if (method === "run" || method === "pause") return null;
  if (method !== "checkpoint" || payload === null) return payload;
  const { bytes: _bytes, created: _created, ...others } = payload;
  return others;
}

/** The range of the test's answers between which it may have been read: at least so many answers, and at most. */
interface Moments {
  readonly earliest: number;
  readonly latest: number;
}

/** Earlier answers come first; answers to calls sent afterwards do not. */
function momentsOf({ sentMs, endedMs }: Span, answers: readonly Entry[], matched: Matched): Moments {
  let earliest = 0;
  let latest = answers.length;
  for (const [i, entry] of answers.entries()) {
    const call = matched.get(entry);
    if (call === undefined || isAlike(entry)) continue;
    // One that was answered while the database went back may have taken effect again, later: its request was there still.
    if (call.answer !== undefined && !call.isDoubtful && call.endedMs < sentMs) earliest = i + 1;
    if (call.sentMs > endedMs) latest = Math.min(latest, i);
  }
  return { earliest, latest };
}

async function isWhatComesOf({ inputs, step, answer }: Rollout, test: Undisturbed): Promise<boolean> {
  if (isGivenUp(answer)) return true;
  if (answer.status !== 200) return false;
  const { payload } = JSON.parse(answer.text) as { payload: { values: unknown; kpis: { total: unknown } } };
  const { values, total } = await test.rollOut(inputs, step);
  return isDeepStrictEqual(payload.values, values) && isDeepStrictEqual(payload.kpis.total, total);
}

/** @param possible the moments at which it may have begun; undefined if its checkpoint did not exist yet */
async function checkFork(
  origin: Life,
  { checkpoint, answer, life }: Fork,
  possible: readonly (Undisturbed | undefined)[],
): Promise<Checked[]> {
  if (life === undefined) {
    if (answer.status === 404 && possible.includes(undefined)) return [];
    return fail(origin, `a fork of ${checkpoint ?? "it"} was answered ${answer.status} ${answer.text}`);
  }
  let why: unknown;
  for (const begin of possible.filter((each) => each !== undefined)) {
    try {
      return [await checkFrom(begin, life, life.remains.entries)];
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      why ??= error;
    }
  }
  throw why ?? new Violation(`${life.testid}: it was forked of ${checkpoint}, which was not there`);
}

function requireRemains(life: Life, { oracle }: Undisturbed): void {
  const { points, kpis, step, scenario, results } = life.remains;
  requireEqual(life, "points", points, oracle.points);
  requireEqual(life, "step", step, oracle.step);
  requireEqual(life, "scenario", scenario, oracle.scenario);
  const { time_rat: _, ...others } = kpis as Record<string, unknown>;
  requireEqual(life, "KPIs", others, oracle.kpis());
  const names = Object.keys(oracle.points);
  requireEqual(life, "names of results", Object.keys(results).sort(), [...names].sort());
  for (const name of names) requireEqual(life, `results of ${name}`, results[name], oracle.samples(name));
}

function requireEqual(life: Life, what: string, found: unknown, expected: unknown): void {
  // As text, which shows every bit of a number.
  const [is, should] = [JSON.stringify(found) ?? "missing", JSON.stringify(expected)];
  if (is !== should) fail(life, `its ${what} are ${is.slice(0, 300)}, undisturbed ${should.slice(0, 300)}`);
}
