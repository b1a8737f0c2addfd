import { setTimeout as sleep } from "node:timers/promises";
import { comeBack } from "./come-back.ts";
import { burstsOf, inputsOf } from "./commands.ts";
import type { Database } from "./database.ts";
import { gather, query, stop } from "./end.ts";
import { type Call, type Fork, type Life, type Rollout, Violation } from "./history.ts";
import type { Carrier } from "./messages.ts";
import { type Random, randomOf } from "./random.ts";
import { runByItself } from "./run-by-itself.ts";
import { select } from "./select.ts";
import { fork, rollOut, sendAll } from "./send.ts";
import type { Service } from "./service.ts";

export interface ClientOptions extends Service {
  readonly seed: number;
  readonly number: number;
  /** The uploaded test case that it selects; undefined for a client of built-in ones. */
  readonly uploaded: string | undefined;
  readonly database: Database;
  /** Whether the faults are over: then the current life is brought to its end, and no other begins. */
  readonly isOver: () => boolean;
  /** Receives each test of the client. */
  readonly onTest: (testid: string) => void;
  /** Receives each stopped test, with its remains; without them if its start was given up. */
  readonly onStopped: (testid: string, remains: Life["remains"] | undefined) => void;
  /** Receives a test with its forks, all of them stopped. @throws Violation */
  readonly onLife: (life: Life) => Promise<void>;
}

/** Controls one test after the other, until the faults are over. @throws Violation */
export async function runClient(options: ClientOptions): Promise<void> {
  for (let number = 1; !options.isOver(); number++) {
    const random = randomOf(options.seed, "life", options.number, number);
    const builtIn = random.chance(0.8) ? "testcase1" : "testcase3";
    const testcaseid = options.uploaded ?? builtIn;
    const testid = await select(options, random, testcaseid);
    const names = [options.number, number] as const;
    const life = await live(options, { testid, testcaseid, names, random, commands: random.whole(3, 60) });
    if (life !== undefined) await options.onLife(life);
  }
}

/** A test to control. */
interface Begun {
  readonly testid: string;
  readonly testcaseid: string;
  /** Its name for the streams of random numbers: the client's number, its life's, its fork's. */
  readonly names: readonly number[];
  readonly random: Random;
  /** The number of its commands. */
  readonly commands: number;
}

/** Controls a test and its forks. @returns undefined if its start was given up */
async function live(options: ClientOptions, begun: Begun): Promise<Life | undefined> {
  const { testid, testcaseid, names, random } = begun;
  options.onTest(testid);
  const calls: Call[] = [];
  const rollouts: Rollout[] = [];
  const forks: Promise<Fork | undefined>[] = [];
  try {
    for (const burst of burstsOf(randomOf(options.seed, "commands", ...names), testcaseid)) {
      if (calls.length >= begun.commands || options.isOver()) break;
      await comeBack(options, testid, testcaseid, random, calls);
      const by = carrierOf(random);
      const underWay: Promise<unknown>[] = [sendAll(options, testid, burst, by).then((sent) => calls.push(...sent))];
      // Both need a test that is Running.
      const isRunning = calls.some(({ answer }) => answer?.status === 200);
      if (random.chance(0.05) && isRunning) {
        const inputs = Array.from({ length: random.whole(1, 6) }, () => inputsOf(random, testcaseid));
        const step = random.pick([600, 3600, 86_400]);
        const tried = rollOut(options, testid, inputs, step);
        underWay.push(tried.then((rollout) => options.setBacks.touch(rollout) || rollouts.push(rollout)));
      }
      // A fork has no forks of its own.
      if (random.chance(0.03) && isRunning && names.length < 3) {
        const checkpoint = random.chance(0.4) ? lastCheckpoint(calls) : undefined;
        const asked = fork(options, testid, checkpoint, random.chance(0.8) ? random.uuid() : undefined);
        underWay.push(asked);
        const becomes = goOn(options, begun, asked, checkpoint, forks.length + 1);
        // Awaited at the end; until then a rejection must not end the process.
        becomes.catch(() => {});
        forks.push(becomes);
      }
      await Promise.all(underWay);
      // Models take too long for it.
      if (random.chance(0.03) && isRunning && options.uploaded === undefined) {
        calls.push(...(await runByItself(options, testid, testcaseid, random)));
      }
      if (burst.length === 1 && random.chance(0.1)) await checkRead(options, testid, calls);
      await sleep(random.between(0, 20));
    }
    const remains = await gather(options, options.database, testid);
    await stop(options, testid, { key: random.uuid(), mayBeGone: remains === undefined });
    options.onStopped(testid, remains);
    const made = (await Promise.all(forks)).filter((each) => each !== undefined);
    return remains && { testid, testcaseid, calls, rollouts, forks: made, remains };
  } finally {
    await Promise.allSettled(forks);
  }
}

/** Most commands are calls of their own; a part is sent as messages. */
function carrierOf(random: Random): Carrier | "calls" {
  const drawn = random.next();
  return drawn < 0.15 ? "batch" : drawn < 0.3 ? "socket" : "calls";
}

function lastCheckpoint(calls: readonly Call[]): string | undefined {
  const made = calls.findLast(({ command }) => command.method === "checkpoint")?.command;
  return made?.method === "checkpoint" ? String(made.body.name) : undefined;
}

/** Controls a fork until it is stopped. @returns undefined if the fork's outcome is unknown */
async function goOn(
  options: ClientOptions,
  { testcaseid, names }: Begun,
  asked: ReturnType<typeof fork>,
  checkpoint: string | undefined,
  number: number,
): Promise<Fork | undefined> {
  const forked = await asked;
  // One that the database may have lost is left to itself.
  if (forked === undefined || options.setBacks.touch(forked)) return undefined;
  if (forked.answer.status !== 200) return { ...forked, checkpoint, life: undefined };
  const { testids } = (JSON.parse(forked.answer.text) as { payload: { testids: string[] } }).payload;
  const [testid] = testids;
  if (testid === undefined) throw new Violation(`a fork was answered ${forked.answer.text}`);
  const its = [...names, number];
  const random = randomOf(options.seed, "life", ...its);
  const life = await live(options, { testid, testcaseid, names: its, random, commands: random.whole(1, 20) });
  return { ...forked, checkpoint, life };
}

/** A query must show the last acknowledged answer, unless a command without a reply may follow it. */
async function checkRead(options: ClientOptions, testid: string, calls: readonly Call[]): Promise<void> {
  const last = calls.at(-1);
  if (last?.command.method !== "advance" || last.answer?.status !== 200) return;
  if (calls.some(({ answer }) => answer === undefined)) return;
  const { payload } = JSON.parse(last.answer.text) as { payload: object };
  // At its scenario's end a test is not advanced.
  if (Object.keys(payload).length === 0) return;
  const points = JSON.stringify(await query(options, "GET", `/points/${testid}`));
  if (points === JSON.stringify(payload) || options.setBacks.touch({ sentMs: last.sentMs })) return;
  throw new Violation(`${testid}: points are ${points} after ${last.answer.text} was acknowledged`);
}
