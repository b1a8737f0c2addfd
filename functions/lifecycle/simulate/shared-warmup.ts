import type { Cache } from "../../cache/cache.ts";
import type { Reservation } from "../../cache/reservation.ts";
import { describeError, log } from "../../platform/log.ts";
import type { Objects } from "../../platform/objects.ts";
import { readSaved } from "../../results/recorder.ts";
import type { Run } from "../../simulation/run.ts";
import { concatSamples, type Samples } from "../../simulation/samples.ts";
import type { TestCase } from "../../simulation/testcase.ts";
import { LeaseLost } from "../../streams/lease.ts";
import type { Pace } from "../../streams/pace.ts";
import { decodeWarmup, encodeWarmup, isWorthSharing, type Warmup, warmupKey } from "./warmup-object.ts";

type Progress = Readonly<Record<string, string>>;

/** How long somebody else's warm-up is waited for before the lease and the time are looked at, ms. */
const WAIT_MS = 100;
/** For how long in one invocation, ms, and after how long the next one looks again: waiting must not hold workers. */
const WAITED_MS = 5_000;
const LOOK_AGAIN_MS = 2_000;

/**
 * How to go on with a run: `found`, somebody has simulated it before; `simulate`, nobody has, and what comes of it is to
 * be told to `making`, if that is given; `suspend`, somebody is at it, and is to be waited for in another invocation.
 */
export type Entered =
  | { readonly kind: "found"; readonly warmup: Warmup }
  | { readonly kind: "simulate"; readonly making: Making | undefined }
  | { readonly kind: "suspend"; readonly resumeAfterMs?: number };

/**
 * Looks for a warm-up that another test has simulated, or takes on simulating it for all. Whatever fails here, the run
 * can be simulated all the same: the cache saves work and is asked for nothing else.
 */
export async function enterWarmup(
  ports: { readonly cache: Cache; readonly objects: Objects },
  testcase: TestCase,
  run: Run,
  pace: Pace,
  progress: Progress | undefined,
): Promise<Entered> {
  if (!isWorthSharing(testcase, run)) return { kind: "simulate", making: undefined };
  const key = warmupKey(testcase, run);
  const startedAt = performance.now();
  try {
    if (progress?.run !== undefined) return { kind: "simulate", making: await goOn(ports, key, progress) };
    for (;;) {
      const reserved = await ports.cache.reserve(key);
      if (reserved.outcome === "ok") return { kind: "found", warmup: decodeWarmup(reserved.bytes, run.endTime) };
      if (reserved.outcome === "reserved") {
        return { kind: "simulate", making: new Making(reserved.reservation, async () => []) };
      }
      while ((await ports.cache.waitFor(key, reserved.holder, WAIT_MS)).kind === "held") {
        if (await pace.breathe()) return { kind: "suspend" };
        if (performance.now() - startedAt > WAITED_MS) return { kind: "suspend", resumeAfterMs: LOOK_AGAIN_MS };
      }
    }
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    log("warn", "a warm-up is simulated without the cache", { key, error: describeError(error) });
    return { kind: "simulate", making: undefined };
  }
}

/** A warm-up that an earlier invocation began: under its token, unless somebody has overtaken it. */
async function goOn(
  { cache, objects }: { readonly cache: Cache; readonly objects: Objects },
  key: string,
  progress: Progress,
): Promise<Making | undefined> {
  if (!progress.warmup) return undefined;
  const reserved = await cache.reserve(key, progress.warmup);
  if (reserved.outcome !== "reserved") return undefined;
  return new Making(reserved.reservation, () => readSaved(objects, progress));
}

/** A warm-up that is being simulated for all. */
export class Making {
  readonly #reservation: Reservation;
  readonly #before: () => Promise<Samples[]>;
  readonly #samples: Samples[] = [];

  /** @param before reads what earlier invocations have simulated of it */
  constructor(reservation: Reservation, before: () => Promise<Samples[]>) {
    this.#reservation = reservation;
    this.#before = before;
  }

  add(samples: Samples): void {
    this.#samples.push(samples);
  }

  /** Leaves the lock to the invocation that goes on from here. @returns fields of the progress */
  suspend(): Progress {
    this.#reservation.leave();
    return { warmup: this.#reservation.token };
  }

  /** Puts it into the cache. Never rejects: the test that it was simulated for does not depend on that. */
  async share(run: Run, points: string): Promise<void> {
    try {
      const samples = concatSamples([...(await this.#before()), ...this.#samples]);
      await this.#reservation.fulfil(encodeWarmup({ run, points, samples }));
    } catch (error) {
      log("warn", "a warm-up is not shared", { key: this.#reservation.key, error: describeError(error) });
      await this.#reservation.abandon();
    }
  }

  async abandon(): Promise<void> {
    await this.#reservation.abandon();
  }
}
