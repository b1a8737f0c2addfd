import { isDeepStrictEqual } from "node:util";
import { Oracle } from "../support/oracle.ts";
import type { Call, Entry, Life } from "./history.ts";
import { Violation } from "./history.ts";

/** What became of a life's commands. */
export interface Checked {
  /** Answered as promised. */
  readonly acknowledged: number;
  /** Of those that nobody acknowledged: took effect once, or not at all. */
  readonly lostApplied: number;
  readonly lostUnapplied: number;
  /** Answered 500, because workers died of them or so it looked; nothing was applied. */
  readonly givenUp: number;
}

/**
 * Compares a test with what its commands come to when one process carries them out one after the other, in the order of
 * the answers: every acknowledged command exactly once and in its client's order, every other one at most once, each
 * answer, the results and the KPIs bit for bit.
 *
 * @throws Violation
 */
export async function check(life: Life): Promise<Checked> {
  const { entries, revision } = life.remains;
  if (revision !== entries.length) fail(life, `revision ${revision} after ${entries.length} answers`);
  const [start, ...answers] = entries;
  if (start?.text !== JSON.stringify({ testid: life.testid })) fail(life, `its first answer is ${start?.text}`);
  const matched = match(life, answers);
  requireOrder(life, matched);
  const givenUp = await replay(life, answers, matched);
  const calls = new Set(matched.values());
  const lost = life.calls.filter(isLost);
  const lostApplied = lost.filter((call) => calls.has(call)).length;
  const acknowledged = life.calls.length - lost.length;
  return { acknowledged, lostApplied, lostUnapplied: lost.length - lostApplied, givenUp };
}

function isLost({ answer, requestid }: Call): boolean {
  return answer === undefined && requestid === undefined;
}

/** Which call each answer belongs to. @throws Violation if one has none, or a call has not exactly what it was promised */
function match(life: Life, answers: readonly Entry[]): Map<Entry, Call> {
  const matched = new Map<Entry, Call>();
  const free = () => answers.filter((entry) => !matched.has(entry));
  const calls = [...life.calls].sort((a, b) => a.sentMs - b.sentMs);
  for (const call of calls.filter(({ requestid }) => requestid !== undefined)) {
    const entry = answers.find(({ id }) => id === call.requestid);
    if (entry === undefined) return fail(life, `request ${call.requestid} was acknowledged and has no answer`);
    if (matched.has(entry)) return fail(life, `two calls were given the request ${call.requestid}`);
    if (call.answer && !isDeepStrictEqual(call.answer, said(entry))) {
      return fail(life, `request ${entry.id} was answered ${call.answer.text}, and is ${entry.text}`);
    }
    matched.set(entry, call);
  }
  for (const call of calls.filter(({ requestid, answer }) => requestid === undefined && answer !== undefined)) {
    const entry = free().find((each) => isDeepStrictEqual(call.answer, said(each)));
    if (entry === undefined) return fail(life, `no request was answered ${call.answer?.status} ${call.answer?.text}`);
    matched.set(entry, call);
  }
  const lost = calls.filter(isLost);
  // Those that show whose they are first: at a scenario's end an answer shows nothing.
  const showing = [...free()].sort((a, b) => Number(isAtEnd(a)) - Number(isAtEnd(b)));
  for (const entry of showing) {
    const index = lost.findIndex((call) => mayBeOf(entry, call));
    const [call] = index < 0 ? [] : lost.splice(index, 1);
    if (call === undefined) return fail(life, `answer ${entry.id} is nobody's, or a second one: ${entry.text}`);
    matched.set(entry, call);
  }
  return matched;
}

const said = ({ status, text }: Entry) => ({ status, text });

function isAtEnd(entry: Entry): boolean {
  return entry.text.includes("The scenario ended at");
}

function isGivenUp(entry: Entry): boolean {
  return entry.status === 500 && entry.text.includes("was given up");
}

/** Whether an answer shows the number that only this command carries. */
function mayBeOf(entry: Entry, { command }: Call): boolean {
  if (isGivenUp(entry)) return entry.text.includes(`request ${command.method} `);
  const { message, payload } = JSON.parse(entry.text) as { message: string; payload: Record<string, unknown> | null };
  switch (command.method) {
    case "advance":
      // Wherever the test stands, an input that there is not is refused.
      if (entry.status === 200 && isAtEnd(entry)) return !Object.keys(command.body).some(isUnknownInput);
      return Object.entries(command.body).some(([name, value]) =>
        isUnknownInput(name)
          ? message.includes(name)
          : name.endsWith("_u") && message.startsWith("Advanced") && payload?.[name] === value,
      );
    case "set_step":
      return message.startsWith("The step") && payload?.step === command.body.step;
    case "initialize":
      return message.startsWith(`Initialized at ${command.body.start_time} s `);
    case "set_scenario":
      return message.startsWith("The scenario is set") && payload?.seed === command.body.seed;
  }
}

const isUnknownInput = (name: string) => name.startsWith("nothing_");

/** What was answered before another call was sent comes before it. */
function requireOrder(life: Life, matched: ReadonlyMap<Entry, Call>): void {
  let latestSentMs = Number.NEGATIVE_INFINITY;
  const inOrder = [...matched].sort(([a], [b]) => compareIds(a.id, b.id));
  for (const [entry, call] of inOrder) {
    // Such answers are alike: whose each is was guessed.
    if (isAtEnd(entry) || isGivenUp(entry)) continue;
    if (call.answer !== undefined && call.endedMs < latestSentMs) {
      fail(life, `answer ${entry.id} stands behind one of a call that was sent after it`);
    }
    latestSentMs = Math.max(latestSentMs, call.sentMs);
  }
}

function compareIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split("-").map(Number);
  const [bMs = 0, bSeq = 0] = b.split("-").map(Number);
  return aMs - bMs || aSeq - bSeq;
}

/** @returns how many were given up */
async function replay(life: Life, answers: readonly Entry[], matched: ReadonlyMap<Entry, Call>): Promise<number> {
  const oracle = await Oracle.select(life.testcaseid);
  let givenUp = 0;
  for (const entry of answers) {
    const call = matched.get(entry);
    if (call === undefined) return fail(life, `answer ${entry.id} has no call`);
    if (isGivenUp(entry)) {
      givenUp++;
      continue;
    }
    const expected = await oracle.carryOut(call.command.method, call.command.body);
    const { payload } = JSON.parse(entry.text) as { payload: unknown };
    if (expected.status === entry.status && isDeepStrictEqual(payload, expected.payload)) continue;
    const what = `${call.command.method} ${JSON.stringify(call.command.body)}`;
    fail(life, `${what} was answered ${entry.status} ${entry.text}, undisturbed ${JSON.stringify(expected)}`);
  }
  const { points, kpis, step, scenario, results } = life.remains;
  requireEqual(life, "points", points, oracle.points);
  requireEqual(life, "step", step, oracle.step);
  requireEqual(life, "scenario", scenario, oracle.scenario);
  const { time_rat: _, ...others } = kpis as Record<string, unknown>;
  requireEqual(life, "KPIs", others, oracle.kpis());
  for (const [name, values] of Object.entries(results)) {
    requireEqual(life, `results of ${name}`, values, oracle.samples(name));
  }
  return givenUp;
}

function requireEqual(life: Life, what: string, found: unknown, expected: unknown): void {
  // As text: every bit of a number shows in it.
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== should) fail(life, `its ${what} are ${is.slice(0, 300)}, undisturbed ${should.slice(0, 300)}`);
}

function fail(life: Life, what: string): never {
  throw new Violation(`${life.testid}: ${what}`);
}
