import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import type { Call, Entry, Life, Span } from "./history.ts";
import { isOf } from "./match.ts";

/**
 * When the database went back to an earlier state of its own file: from when on its writes were lost, to when it stood at that
 * state again, ms by this process' steady clock.
 */
export class SetBacks {
  readonly #periods: { readonly fromMs: number; untilMs: number }[] = [];
  #over: Promise<void> = Promise.resolve();
  /** The tests of the last one that lost commits, each with the revision that it had reached. */
  #reached: ReadonlyMap<string, number> = new Map();

  /** Notes one for as long as it takes. */
  async during(work: () => Promise<void>): Promise<void> {
    const period = { fromMs: performance.now(), untilMs: Number.POSITIVE_INFINITY };
    this.#periods.push(period);
    const done = work();
    this.#over = done.catch(() => {});
    await done;
    period.untilMs = performance.now();
  }

  /** Notes how far tests have come before the database goes back. */
  noteReached(revisions: ReadonlyMap<string, number>): void {
    this.#reached = revisions;
  }

  /** The revision that a test had reached when the database went back, once it has; each time is told once. */
  async takeReached(testid: string): Promise<number | undefined> {
    const reached = this.#reached.get(testid);
    if (reached === undefined) return undefined;
    await this.#over;
    const left = new Map(this.#reached);
    left.delete(testid);
    this.#reached = left;
    return reached;
  }

  /** Whether what was written or told in this time may be lost. */
  touch({ sentMs, endedMs = performance.now() }: Pick<Span, "sentMs"> & Partial<Span>): boolean {
    return this.#periods.some(({ fromMs, untilMs }) => sentMs <= untilMs && endedMs >= fromMs);
  }

  /** Does what nothing of may be lost: again, where something may be. */
  async safely<T>(work: (isAgain: boolean) => Promise<T>): Promise<T> {
    for (let isAgain = false; ; isAgain = true) {
      const sentMs = performance.now();
      const done = await work(isAgain);
      if (!this.touch({ sentMs })) return done;
      await this.#over;
    }
  }
}

/**
 * Sets the database back to what its file says now, once the work is done: what it writes is lost.
 * Nothing of S3 may be deleted meanwhile.
 */
export async function setBack(
  { redis, host }: Pick<Cloud, "redis" | "host">,
  setBacks: SetBacks,
  work: () => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "boptest-set-back-"));
  try {
    await setBacks.during(async () => {
      redis.keepFile(folder);
      await work();
      await redis.goBack(folder);
    });
    // What a sweeper has read may be lost.
    for (const pid of host.pids("sweeper")) await host.kill(pid).catch(() => {});
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A life as it stands in the database: a command that was acknowledged while this went back, and is not there as it was
 * told, is one that nobody acknowledged. Answers may be alike, as those to two pauses: one answer is there for one call only.
 */
export function asKept(life: Life, answers: readonly Entry[]): Life {
  const left = new Set(answers);
  const kept = new Set<Call>();
  for (const call of [...life.calls].sort((a, b) => rank(a) - rank(b))) {
    const entry = [...left].find((each) => isOf(call, each));
    if (entry === undefined) continue;
    left.delete(entry);
    kept.add(call);
  }
  const asKeptCall = (call: Call): Call => {
    if (!call.isDoubtful || kept.has(call)) return call;
    const { requestid: _requestid, answer: _answer, ...others } = call;
    return others;
  };
  return { ...life, calls: life.calls.map(asKeptCall) };
}

/** Which calls take their answers first: those that name it, then those that nothing was lost of. */
function rank({ requestid, isDoubtful }: Call): number {
  return (requestid === undefined ? 2 : 0) + (isDoubtful ? 1 : 0);
}
