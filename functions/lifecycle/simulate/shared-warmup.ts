import type { Cache } from "../../cache/cache.ts";
import type { Reservation } from "../../cache/reservation.ts";
import { log } from "../../platform/log.ts";
import type { Objects } from "../../platform/objects.ts";
import { readSaved } from "../../results/recorder.ts";
import type { Run } from "../../simulation/run.ts";
import { concatSamples, type Samples } from "../../simulation/samples.ts";
import type { TestFields } from "../../streams/claim.ts";
import { LeaseLost } from "../../streams/lease.ts";
import type { Context } from "../context.ts";
import { NeedsWorker } from "../needs-worker.ts";
import { decodeWarmup, encodeWarmup, isWorthSharing, type Warmup, warmupKey } from "./warmup-object.ts";

/** How long to wait for another test's warm-up before lease and time are checked again, ms. */
const WAIT_MS = 100;
/** How long to wait in one invocation, ms, and when the next one looks again: waiting must not occupy workers. */
const MAX_WAIT_MS = 5_000;
const LOOK_AGAIN_MS = 2_000;

/**
 * How to continue with a run. `found`: another test has simulated it. `simulate`: none has; `making`, if set, collects it
 * for all tests. `suspend`: another test is simulating it, and a later invocation looks again.
 */
export type Entered =
  | { readonly kind: "found"; readonly warmup: Warmup }
  | { readonly kind: "simulate"; readonly making: Making | undefined }
  | { readonly kind: "suspend"; readonly resumeAfterMs?: number };

/**
 * Looks for a warm-up that another test has simulated, or reserves it, to simulate it for all tests. The cache only saves
 * work: if it fails, the run is simulated without it.
 */
export async function enterWarmup(
  { cache, objects, testcase, pace, progress }: Pick<Context, "cache" | "objects" | "testcase" | "pace" | "progress">,
  run: Run,
): Promise<Entered> {
  if (!isWorthSharing(testcase, run)) return { kind: "simulate", making: undefined };
  const key = warmupKey(testcase, run);
  const startedAt = performance.now();
  try {
    if (progress?.run !== undefined)
      return { kind: "simulate", making: await resumeMaking(cache, objects, key, progress) };
    for (;;) {
      const reserved = await cache.reserve(key);
      if (reserved.outcome === "ok") return { kind: "found", warmup: decodeWarmup(reserved.bytes, run.endTime) };
      if (reserved.outcome === "reserved") {
        return { kind: "simulate", making: new Making(reserved.reservation, async () => []) };
      }
      while ((await cache.waitFor(key, reserved.holder, WAIT_MS)).kind === "held") {
        if (await pace.breathe()) return { kind: "suspend" };
        if (performance.now() - startedAt > MAX_WAIT_MS) return { kind: "suspend", resumeAfterMs: LOOK_AGAIN_MS };
      }
    }
  } catch (error) {
    if (error instanceof LeaseLost || error instanceof NeedsWorker) throw error;
    log("warn", "A warm-up is simulated without the cache", { event: "warmup_without_cache", key }, error);
    return { kind: "simulate", making: undefined };
  }
}

/** Continues to collect a warm-up under the token of an earlier invocation, unless another test has taken it over. */
async function resumeMaking(
  cache: Cache,
  objects: Objects,
  key: string,
  progress: TestFields,
): Promise<Making | undefined> {
  if (!progress.warmup) return undefined;
  const reserved = await cache.reserve(key, progress.warmup);
  if (reserved.outcome !== "reserved") return undefined;
  return new Making(reserved.reservation, () => readSaved(objects, progress));
}

/** A warm-up that is being simulated for all tests. */
export class Making {
  readonly #reservation: Reservation;
  readonly #before: () => Promise<Samples[]>;
  readonly #samples: Samples[] = [];

  /** @param before reads the samples of earlier invocations */
  constructor(reservation: Reservation, before: () => Promise<Samples[]>) {
    this.#reservation = reservation;
    this.#before = before;
  }

  add(samples: Samples): void {
    this.#samples.push(samples);
  }

  /** Leaves the lock to the invocation that continues. @returns fields of the progress */
  suspend(): TestFields {
    this.#reservation.leave();
    return { warmup: this.#reservation.token };
  }

  /** Puts the warm-up into the cache. Never rejects: the test itself does not depend on it. */
  async share(run: Run, points: string): Promise<void> {
    try {
      const samples = concatSamples([...(await this.#before()), ...this.#samples]);
      await this.#reservation.fulfil(encodeWarmup({ run, points, samples }));
    } catch (error) {
      log("warn", "A warm-up is not shared", { event: "warmup_not_shared", key: this.#reservation.key }, error);
      await this.#reservation.abandon();
    }
  }

  async abandon(): Promise<void> {
    await this.#reservation.abandon();
  }
}
