import { isDeepStrictEqual } from "node:util";
import type { Body } from "./commands.ts";
import { type Call, type Entry, type Life, type Said, Violation } from "./history.ts";

/** The call of each answer of a test. */
export type Matched = ReadonlyMap<Entry, Call>;

/**
 * Finds the call that each answer belongs to. A call whose client got no reply is recognized by the number that its answer
 * shows.
 *
 * @throws Violation if an answer belongs to no call, or differs from the call's promise, or is out of its client's order
 */
export function match(life: Life, answers: readonly Entry[]): Matched {
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
  // Answers that identify their call first: at a scenario's end an answer shows nothing.
  const showing = [...free()].sort((a, b) => Number(isAtEnd(a)) - Number(isAtEnd(b)));
  for (const entry of showing) {
    if (isOfRun(entry)) continue;
    const index = lost.findIndex((call) => mayBeOf(entry, call));
    const [call] = index < 0 ? [] : lost.splice(index, 1);
    if (call === undefined) return fail(life, `answer ${entry.id} is nobody's, or a second one: ${entry.text}`);
    matched.set(entry, call);
  }
  requireOrder(life, matched);
  return matched;
}

/** Whether an answer is that of a call, as its client knows it. */
export function isOf({ requestid, answer }: Call, entry: Entry): boolean {
  if (requestid !== undefined && entry.id !== requestid) return false;
  return answer === undefined ? requestid !== undefined : isDeepStrictEqual(answer, said(entry));
}

/** Whether no client was promised that the command takes effect. */
export function isLost({ answer, requestid }: Call): boolean {
  return answer === undefined && requestid === undefined;
}

export function isGivenUp({ status, text }: Said): boolean {
  return status === 500 && text.includes("was given up");
}

/** Whether an answer does not identify its call: others are equal. */
export function isAlike(entry: Said): boolean {
  return isAtEnd(entry) || isGivenUp(entry) || isRefusedByRun(entry);
}

/** Whether an answer is one to what a run of the test asked for by itself: steps, or a pause. */
export function isOfRun({ text }: Said): boolean {
  return OF_RUNS.some((begin) => text.includes(`"message":"${begin}`));
}

const OF_RUNS = [
  "The run has taken steps ",
  "These steps were taken before",
  "The request run_steps was given up",
  "The run is paused at ",
  "The test does not run by itself.",
  "The test has no run.",
  "The request pause was given up",
];

/** What moves the clock is refused while the test runs by itself, in the same words each time. */
export function isRefusedByRun({ status, text }: Said): boolean {
  return status === 409 && text.includes("nothing else moves its clock meanwhile");
}

export function fail(life: Life, what: string): never {
  throw new Violation(`${life.testid}: ${what}`);
}

const said = ({ status, text }: Entry) => ({ status, text });

function isAtEnd({ text }: Said): boolean {
  return text.includes("The scenario ended at");
}

/** Whether an answer shows the number that only this command contains. */
function mayBeOf(entry: Entry, { command }: Call): boolean {
  if (isGivenUp(entry)) return entry.text.includes(`request ${command.method} `);
  if (isRefusedByRun(entry)) return MOVES.has(command.method);
  const { message, payload } = JSON.parse(entry.text) as { message: string; payload: Record<string, unknown> | null };
  switch (command.method) {
    case "advance":
    case "advance_many": {
      const bodies: readonly Body[] = command.method === "advance_many" ? command.body : [command.body];
      const [first = {}] = bodies;
      const refused = bodies.flatMap(Object.keys).find(isUnknownInput);
      // An unknown input is refused in every state of the test.
      if (refused !== undefined) return message.includes(refused);
      if (entry.status === 200 && isAtEnd(entry)) return Array.isArray(payload) === (command.method === "advance_many");
      const shown = (Array.isArray(payload) ? payload[0] : payload) as Record<string, unknown> | null | undefined;
      return Object.entries(first).some(
        ([name, value]) => name.endsWith("_u") && message.startsWith("Advanced") && shown?.[name] === value,
      );
    }
    case "set_inputs":
      return (
        message.startsWith("The inputs are set") &&
        Object.entries(command.body).some(([name, value]) => name.endsWith("_u") && payload?.[name] === value)
      );
    case "set_step":
      return message.startsWith("The step") && payload?.step === command.body.step;
    case "initialize":
      return message.startsWith(`Initialized at ${command.body.start_time} s `);
    case "set_scenario":
      return message.startsWith("The scenario is set") && payload?.seed === command.body.seed;
    case "checkpoint":
      return message.startsWith("The checkpoint") && payload?.name === command.body.name;
    case "run":
      return message.startsWith("The test runs by itself from") && payload?.speed === command.body.speed;
    case "restore":
    case "pause":
      return false;
  }
}

const MOVES = new Set(["advance", "advance_many", "initialize", "restore", "set_step", "set_scenario"]);

const isUnknownInput = (name: string) => name.startsWith("nothing_");

/** An answer that came before another call was sent is before that call's answer. */
function requireOrder(life: Life, matched: Matched): void {
  let latestSentMs = Number.NEGATIVE_INFINITY;
  const passed = new Set<Call>();
  const inOrder = [...matched].sort(([a], [b]) => compareIds(a.id, b.id));
  for (const [entry, call] of inOrder) {
    // The call of such an answer was guessed.
    if (isAlike(entry)) continue;
    if (call.answer !== undefined && !call.isDoubtful && call.endedMs < latestSentMs) {
      fail(life, `answer ${entry.id} stands behind one of a call that was sent after it`);
    }
    latestSentMs = Math.max(latestSentMs, call.sentMs);
    if (call.follows !== undefined && !isAlike(call.follows.answer ?? entry) && !passed.has(call.follows)) {
      const isThere = [...matched.values()].includes(call.follows);
      if (isThere) fail(life, `answer ${entry.id} stands before that of the message in front of it in its list`);
    }
    passed.add(call);
  }
}

function compareIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split("-").map(Number);
  const [bMs = 0, bSeq = 0] = b.split("-").map(Number);
  return aMs - bMs || aSeq - bSeq;
}
