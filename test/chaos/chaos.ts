import { setTimeout as sleep } from "node:timers/promises";
import { ENV } from "../../functions/platform/environment.ts";
import { startCloud } from "../../infra/local/cloud.ts";
import { type Checked, check } from "./check.ts";
import { runClient } from "./client.ts";
import { Database } from "./database.ts";
import { Disturber, type Event } from "./disturber.ts";
import { Violation } from "./history.ts";
import { leftovers } from "./leftovers.ts";
import type { ChaosOptions } from "./options.ts";
import { makeSchedule } from "./schedule.ts";

/** Times of the service, ms: shorter than the real ones, so that minutes are enough. */
const LEASE_MS = 1000;
const GRACE_MS = 1000;
const SWEEP_SECONDS = 10;
const SKEW_MS = 1500;
/** Clients may be answered this late once nothing fails any more. */
const RECOVERY_MS = 2 * SWEEP_SECONDS * 1000;

export interface Verdict {
  readonly violations: readonly string[];
  readonly events: readonly Event[];
  /** Tests that were selected, controlled, compared and stopped. */
  readonly lives: number;
  readonly counts: Checked;
  /** Calls that were hit, by kind of fault. */
  readonly hits: Readonly<Record<string, number>>;
  /** What the scripts came to. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How long after the last fault the last waiting call was answered, ms. */
  readonly recoveryMs: number;
}

/** Runs clients and faults against a cloud of its own, and compares what came of it. */
export async function runChaos(options: ChaosOptions, onEvent: (event: Event) => void = () => {}): Promise<Verdict> {
  const cloud = await startCloud({
    workers: 4,
    appendfsync: "always",
    visibilitySeconds: 6,
    scheduleSeconds: SWEEP_SECONDS,
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
    environment: {
      NODE_OPTIONS: `--import=${new URL("clock.ts", import.meta.url).href}`,
      CLOCK_SKEW_MS: String(SKEW_MS),
      [ENV.leaseMs]: String(LEASE_MS),
      [ENV.doorbellGraceMs]: String(GRACE_MS),
      [ENV.waitMs]: "2000",
      // Some steps of days are too long for one invocation.
      [ENV.computeMs]: "30",
      ...options.environment,
    },
  });
  const database = new Database(cloud.redis.port);
  try {
    return await disturb(cloud, database, options, onEvent);
  } finally {
    database.close();
    await cloud.stop();
  }
}

async function disturb(
  cloud: Awaited<ReturnType<typeof startCloud>>,
  database: Database,
  { seed, seconds, clients }: ChaosOptions,
  onEvent: (event: Event) => void,
): Promise<Verdict> {
  const lengthMs = seconds * 1000;
  const violations: string[] = [];
  const events: Event[] = [];
  const waiting = new Set<{ readonly what: string }>();
  const current = new Map<number, string>();
  const stopped: string[] = [];
  const counts = { acknowledged: 0, lostApplied: 0, lostUnapplied: 0, givenUp: 0 };
  let isOver = false;
  const note = (event: Event) => {
    events.push(event);
    onEvent(event);
  };
  const disturber = new Disturber(cloud, {
    seed,
    schedule: makeSchedule(seed, lengthMs),
    onEvent: note,
    knownTests: () => [...current.values()],
  });

  const startedAt = performance.now();
  const running = Array.from({ length: clients }, async (_, number) => {
    try {
      await runClient({
        url: cloud.url,
        seed,
        number,
        database,
        waiting,
        isOver: () => isOver,
        onTest: (testid) => current.set(number, testid),
        onLife: async (life) => {
          stopped.push(life.testid);
          const checked = await check(life);
          for (const name of Object.keys(counts) as (keyof Checked)[]) counts[name] += checked[name];
        },
      });
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      violations.push(error.message);
      note({ atMs: performance.now() - startedAt, what: `VIOLATION ${error.message}` });
    }
  });
  await disturber.run(lengthMs);
  isOver = true;
  const overAt = performance.now();
  note({ atMs: overAt - startedAt, what: "no more faults" });
  const recoveryMs = await recovered(waiting, overAt, (late) => {
    violations.push(...late.map((what) => `not answered within two sweeps of the last fault: ${what}`));
  });
  await Promise.all(running);
  violations.push(...(await leftovers(cloud, database, stopped)));
  return {
    violations,
    events,
    lives: stopped.length,
    counts,
    hits: Object.fromEntries(disturber.calls.hits),
    outcomes: Object.fromEntries([...disturber.calls.outcomes].sort()),
    recoveryMs,
  };
}

/** @returns after which time all that was waited for at the end of the faults had been answered, ms */
async function recovered(
  waiting: ReadonlySet<{ readonly what: string }>,
  overAt: number,
  onLate: (whats: string[]) => void,
): Promise<number> {
  const before = new Set(waiting);
  for (let isLate = false; ; ) {
    for (const each of before) if (!waiting.has(each)) before.delete(each);
    const sinceMs = performance.now() - overAt;
    if (before.size === 0) return sinceMs;
    if (sinceMs > RECOVERY_MS && !isLate) {
      isLate = true;
      onLate([...before].map(({ what }) => what));
    }
    await sleep(10);
  }
}
