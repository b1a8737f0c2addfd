import { setTimeout as sleep } from "node:timers/promises";
import { type Cloud, startCloud } from "../../../infra/local/cloud/cloud.ts";
import { ROOT } from "../../support/fmu.ts";
import { bucketOf } from "../../support/state.ts";
import { add, type Checked } from "./check.ts";
import { Checker } from "./checker.ts";
import { type ClientOptions, runClient } from "./client.ts";
import { Database } from "./database.ts";
import { Disturber, type Event } from "./disturber.ts";
import { FORGETFUL } from "./forgetful.ts";
import { Violation } from "./history.ts";
import { Housekept, haveHouseKept } from "./housekeeping.ts";
import { persist } from "./http.ts";
import { type Ended, type Leftovers, leftovers } from "./leftovers.ts";
import { type UploadedModel, uploadModel } from "./model.ts";
import type { ChaosOptions } from "./options.ts";
import { Patience } from "./patience.ts";
import { setBackInQuiet } from "./quiet-set-back.ts";
import { recovery } from "./recovery.ts";
import { makeSchedule } from "./schedule.ts";
import type { Tallied } from "./service.ts";
import { SetBacks } from "./set-backs.ts";
import { ENVIRONMENT, SKEW_MS, SWEEP_SECONDS } from "./settings.ts";

/** Requests may be answered this late once nothing fails any more. */
const RECOVERY_MS = 2 * SWEEP_SECONDS * 1000;
/** Of so many clients one controls tests of an uploaded model, which takes far more of the machine than the others'. */
const CLIENTS_PER_MODEL = 12;

export interface Verdict {
  readonly violations: readonly string[];
  readonly events: readonly Event[];
  /** Tests that were selected, controlled, compared and stopped; their forks come on top. */
  readonly lives: number;
  readonly counts: Checked;
  /** How commands were sent, and how often tests ran by themselves or were brought back to a lost revision. */
  readonly tallied: Readonly<Record<Tallied, number>>;
  /** Calls that were hit, by kind of fault. */
  readonly hits: Readonly<Record<string, number>>;
  /** What the scripts came to. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How long after the last fault all calls and requests were answered that waited then, ms. */
  readonly recoveryMs: number;
  /** How often the housekeeping passed amid the faults, and how many orphans it deleted. */
  readonly housekeeping: { readonly passes: number; readonly orphans: number };
  /** How often the sweeper had to pass in the end, and how many orphans it found. */
  readonly passes: number;
  readonly orphans: number;
}

/** Where a run takes place. */
interface Stage {
  readonly cloud: Cloud;
  readonly database: Database;
  readonly housekept: Housekept;
  readonly checker: Checker;
}

/** Runs clients and faults against a cloud of its own, and compares what came of it. */
export async function runChaos(options: ChaosOptions, onEvent: (event: Event) => void = () => {}): Promise<Verdict> {
  const housekept = new Housekept();
  await using stack = new AsyncDisposableStack();
  const cloud = stack.use(
    await startCloud({
      workers: 4,
      accounts: [ROOT],
      appendfsync: "always",
      visibilitySeconds: 6,
      scheduleSeconds: SWEEP_SECONDS,
      onLog: (name, line) => {
        housekept.read(name, line);
        options.onLog?.(name, line);
      },
      environment: { ...ENVIRONMENT, ...options.environment },
    }),
  );
  const database = stack.adopt(new Database(cloud.redis.port), (each) => each.close());
  const uploaded = options.withModel ? await uploadModel(cloud) : undefined;
  const checker = stack.use(new Checker(uploaded));
  return await disturb({ cloud, database, housekept, checker }, { ...options, uploaded }, onEvent);
}

async function disturb(
  { cloud, database, housekept, checker }: Stage,
  { seed, seconds, clients, uploaded }: ChaosOptions & { readonly uploaded: UploadedModel | undefined },
  onEvent: (event: Event) => void,
): Promise<Verdict> {
  const lengthMs = seconds * 1000;
  const violations: string[] = [];
  const events: Event[] = [];
  const patience = new Patience();
  const setBacks = new SetBacks();
  const tests = new Map<string, Ended | undefined>();
  let lives = 0;
  let counts: Checked = {
    acknowledged: 0,
    lostApplied: 0,
    lostUnapplied: 0,
    takenBack: 0,
    givenUp: 0,
    rollouts: 0,
    forks: 0,
    runSteps: 0,
  };
  const tallied: Record<Tallied, number> = { calls: 0, batch: 0, socket: 0, runs: 0, comebacks: 0 };
  let isOver = false;
  const note = (event: Event) => {
    events.push(event);
    onEvent(event);
  };
  const disturber = new Disturber(cloud, {
    seed,
    schedule: makeSchedule(seed, lengthMs, uploaded !== undefined),
    onEvent: note,
    setBacks,
    database,
    knownTests: () => [...tests].filter(([, ended]) => ended === undefined).map(([testid]) => testid),
  });

  const startedAt = performance.now();
  const places: Omit<ClientOptions, "number" | "uploaded"> = {
    url: cloud.url,
    seed,
    database,
    patience,
    setBacks,
    tally: (what, count = 1) => {
      tallied[what] += count;
    },
    isOver: () => isOver,
    onTest: (testid) => tests.set(testid, undefined),
    onStopped: (testid, remains) => tests.set(testid, remains ?? { lineages: [], seenMs: 0 }),
    onLife: async (life) => {
      lives++;
      const checked = await checker.check(life);
      counts = add(counts, checked);
    },
  };
  const judge = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      violations.push(error.message);
      note({ kind: "violation", atMs: performance.now() - startedAt, what: `VIOLATION ${error.message}` });
    }
  };
  const running = Array.from({ length: clients }, (_, number) => {
    const own = { number, uploaded: uploaded && number % CLIENTS_PER_MODEL === 0 ? FORGETFUL : undefined };
    return judge(() => runClient({ ...places, ...own }));
  });
  await Promise.all([disturber.run(lengthMs), haveHouseKept(database, lengthMs)]);
  isOver = true;
  const { passes: keptHouse, orphans: keptOrphans } = housekept;
  note({ kind: "end of faults", atMs: performance.now() - startedAt, what: "no more faults" });
  const { recoveryMs, late } = await recovery(async () => {
    const calls = [...patience.waiting].map((entry) => [entry, entry.what] as const);
    return new Map<unknown, string>([...calls, ...(await database.unanswered())]);
  }, RECOVERY_MS);
  violations.push(...late.map((what) => `not answered within two sweeps of the last fault: ${what}`));
  await Promise.all(running);
  await judge(() => setBackInQuiet(cloud, places));
  const { wrong, passes, orphans } = await clearUp(cloud, database, tests);
  violations.push(...wrong);
  return {
    violations,
    events,
    lives,
    counts,
    tallied,
    hits: Object.fromEntries(disturber.calls.hits),
    outcomes: Object.fromEntries([...disturber.calls.outcomes].sort()),
    recoveryMs,
    housekeeping: { passes: keptHouse, orphans: keptOrphans },
    passes,
    orphans,
  };
}

async function clearUp(
  cloud: Cloud,
  database: Database,
  tests: ReadonlyMap<string, Ended | undefined>,
): Promise<Leftovers> {
  // So that what was written last is old by the sweeper's clock as well.
  await sleep(SKEW_MS);
  const deadline = performance.now() + RECOVERY_MS;
  const stop = (testid: string) =>
    persist(cloud.url, "PUT", `/stop/${testid}`, { giveUp: () => performance.now() > deadline });
  const places = { database, bucket: bucketOf(cloud), sweep: () => cloud.tick(), stop };
  return await leftovers(places, tests);
}
