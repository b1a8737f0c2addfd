import { setTimeout as sleep } from "node:timers/promises";
import { burstsOf, type Command, type Manner } from "./commands.ts";
import type { Database } from "./database.ts";
import { type Call, type Life, type Remains, Violation } from "./history.ts";
import { call, persist } from "./http.ts";
import { type Random, randomOf } from "./random.ts";

/** How long a client goes on asking for one answer before it counts as never given, ms. */
const PATIENCE_MS = 90_000;

export interface ClientOptions {
  readonly url: string;
  readonly seed: number;
  readonly number: number;
  readonly database: Database;
  /** Whether the faults are over: then the life at hand is brought to its end, and no other begins. */
  readonly isOver: () => boolean;
  /** What clients wait for at this moment. */
  readonly waiting: Set<{ readonly what: string }>;
  /** The test that the client has now. */
  readonly onTest: (testid: string) => void;
  /** A test that was stopped, with all that is known of it. @throws Violation */
  readonly onLife: (life: Life) => Promise<void>;
}

/** Controls one test after the other, until the faults are over. @throws Violation */
export async function runClient(options: ClientOptions): Promise<void> {
  for (let number = 1; !options.isOver(); number++) await live(options, number);
}

async function live(options: ClientOptions, number: number): Promise<void> {
  const random = randomOf(options.seed, "life", options.number, number);
  const testcaseid = random.chance(0.8) ? "testcase1" : "testcase3";
  const commands = random.whole(10, 120);
  const testid = await select(options, random, testcaseid);
  options.onTest(testid);
  const calls: Call[] = [];
  for (const burst of burstsOf(options.seed, options.number, number, testcaseid)) {
    if (calls.length >= commands || options.isOver()) break;
    await Promise.all(burst.map(async ([command, manner]) => calls.push(await send(options, testid, command, manner))));
    if (burst.length === 1 && random.chance(0.1)) await checkRead(options, testid, calls);
    await sleep(random.between(0, 20));
  }
  const remains = await gather(options, testid);
  await stop(options, random, testid);
  if (remains !== undefined) await options.onLife({ testid, testcaseid, calls, remains });
}

async function select(options: ClientOptions, random: Random, testcaseid: string): Promise<string> {
  // One in five without a key: the test of a call that failed may be there, and nobody knows its id.
  for (;;) {
    const headers: Record<string, string> = random.chance(0.8) ? { "idempotency-key": random.uuid() } : {};
    const path = `/testcases/${testcaseid}/${random.chance(0.5) ? "select" : "select-async"}`;
    const said = await waitFor(options, `POST ${path}`, async (giveUp) => {
      if (headers["idempotency-key"] !== undefined)
        return await persist(options.url, "POST", path, { headers, giveUp });
      for (;;) {
        const heard = await call(options.url, "POST", path);
        if (heard.kind === "answer") return heard.said;
        if (heard.kind === "promise") return await persist(options.url, "GET", heard.location, { giveUp });
        if (giveUp()) return undefined;
        await sleep(100);
      }
    });
    if (said.status !== 200) {
      // A start may be given up like any command; the test is stopped then.
      if (said.status === 500 && said.text.includes("was given up")) continue;
      throw new Violation(`POST ${path} was answered ${said.status} ${said.text}`);
    }
    return (JSON.parse(said.text) as { testid: string }).testid;
  }
}

async function send(options: ClientOptions, testid: string, command: Command, manner: Manner): Promise<Call> {
  const sent: Call = { command, isKeyed: manner.isKeyed, sentMs: performance.now(), endedMs: 0 };
  const { method } = command.http;
  const path = `/${command.http.path}/${testid}`;
  const key: Record<string, string> = manner.isKeyed ? { "idempotency-key": crypto.randomUUID() } : {};
  const headers = { ...key, ...(manner.prefer === undefined ? {} : { prefer: manner.prefer }) };
  const onPromise = (location: string) => {
    const id = /\/requests\/[^/]+\/([\d-]+)/.exec(location)?.[1];
    if (id !== undefined) sent.requestid = id;
  };
  const { body } = command;
  if (manner.isKeyed) {
    sent.answer = await waitFor(options, `${method} ${path}`, (giveUp) =>
      persist(options.url, method, path, { body, headers, giveUp, onPromise }),
    );
  } else {
    const heard = await call(options.url, method, path, { body, headers });
    if (heard.kind === "answer") sent.answer = heard.said;
    if (heard.kind === "promise") {
      onPromise(heard.location);
      sent.answer = await waitFor(options, `GET ${heard.location}`, (giveUp) =>
        persist(options.url, "GET", heard.location, { giveUp }),
      );
    }
  }
  sent.endedMs = performance.now();
  return sent;
}

/** What was acknowledged last is what a query tells, unless something that was lost may come behind it. */
async function checkRead(options: ClientOptions, testid: string, calls: readonly Call[]): Promise<void> {
  const last = calls.at(-1);
  if (last?.command.method !== "advance" || last.answer?.status !== 200) return;
  if (calls.some(({ answer }) => answer === undefined)) return;
  const { payload } = JSON.parse(last.answer.text) as { payload: object };
  // At its scenario's end a test is not advanced.
  if (Object.keys(payload).length === 0) return;
  const points = JSON.stringify(await query(options, "GET", `/points/${testid}`));
  if (points === JSON.stringify(payload)) return;
  throw new Violation(`${testid}: points are ${points} after ${last.answer.text} was acknowledged`);
}

/**
 * All that is left of a test, once nothing of it is unanswered and while nothing changes it; undefined for one whose start
 * was given up, which has nothing.
 */
async function gather(options: ClientOptions, testid: string): Promise<Remains | undefined> {
  for (;;) {
    const before = await waitFor(options, `the last answer of ${testid}`, async (giveUp) => {
      for (;;) {
        const committed = await options.database.committed(testid);
        if (committed.unanswered === 0) return committed;
        if (giveUp()) return undefined;
        await sleep(50);
      }
    });
    if (before.entries[0]?.status === 500) return undefined;
    const points = await query(options, "GET", `/points/${testid}`);
    const kpis = await query(options, "GET", `/kpi/${testid}`);
    const step = await query(options, "GET", `/step/${testid}`);
    const scenario = await query(options, "GET", `/scenario/${testid}`);
    const names = Object.keys(points as object).filter((name) => name !== "time");
    const body = { point_names: names, start_time: "-inf", final_time: "inf" };
    const results = (await query(options, "PUT", `/results/${testid}`, body)) as Remains["results"];
    const { revision, unanswered, entries } = await options.database.committed(testid);
    if (revision === before.revision && unanswered === 0) {
      return { revision, entries, points, kpis, step, scenario, results };
    }
  }
}

async function query(options: ClientOptions, method: string, path: string, body?: unknown): Promise<unknown> {
  const said = await waitFor(options, `${method} ${path}`, (giveUp) =>
    persist(options.url, method, path, { giveUp, ...(body === undefined ? {} : { body }) }),
  );
  if (said.status !== 200) throw new Violation(`${method} ${path} was answered ${said.status} ${said.text}`);
  return (JSON.parse(said.text) as { payload: unknown }).payload;
}

async function stop(options: ClientOptions, random: Random, testid: string): Promise<void> {
  const path = `/stop/${testid}`;
  const headers = { "idempotency-key": random.uuid() };
  const stopped = await waitFor(options, `PUT ${path}`, (giveUp) =>
    persist(options.url, "PUT", path, { headers, giveUp }),
  );
  if (stopped.status !== 200) throw new Violation(`PUT ${path} was answered ${stopped.status} ${stopped.text}`);
  const status = await waitFor(options, `GET /status/${testid}`, (giveUp) =>
    persist(options.url, "GET", `/status/${testid}`, { giveUp }),
  );
  if (status.status !== 400) throw new Violation(`${testid} was stopped, and its status is ${status.text}`);
}

/** Waits for what must come in the end, and lets others see for what. @throws Violation if it does not */
async function waitFor<T>(
  options: ClientOptions,
  what: string,
  ask: (giveUp: () => boolean) => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  const entry = { what };
  options.waiting.add(entry);
  try {
    const found = await ask(() => performance.now() > end);
    if (found === undefined) throw new Violation(`no answer within ${PATIENCE_MS / 1000} s to ${what}`);
    return found;
  } finally {
    options.waiting.delete(entry);
  }
}
