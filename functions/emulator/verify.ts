import { claimedKeeping } from "../packages/kind.ts";
import { type Model, unverified, type Verdict } from "../packages/model.ts";
import { EmulatorError } from "./failure.ts";
import type { VerifyRequest } from "./protocol.ts";
import {
  HOURS_PER_FRESH,
  HOURS_PER_FRESH_ONLY,
  LEAST_FRESH,
  LEAST_HOURS,
  type Line,
  MAIN_END,
  MAX_HOURS,
  OTHER_END,
  SHARED_END,
  type Spawn,
  Verifier,
} from "./verifier.ts";
import { imageVerdictOn } from "./verify-image.ts";

const [HOUR, DAY] = [3600, 86_400];
const YEAR = 365 * DAY;
/** The second time line begins so much later, in s: another season, another hour of the day. */
const ELSEWHERE = 182 * DAY + 11 * HOUR;
/** … and in hours, of a model that has ended by then. */
const ELSEWHERE_BEFORE_END = 7.25;

/**
 * Tries a model, and verifies how its state can be kept: as what it serializes (`verdictOn`), else as an image of its memory
 * (`imageVerdictOn`). A model that is to be replayed is simulated twice in fresh processes, and both runs must be equal bit for bit. A model that ends the simulation by itself must do so at the same time in all runs; where that is
 * within the first day, shorter stretches take the place of hours.
 *
 * @throws EmulatorError if the model cannot be loaded, initialized or simulated at all, or two equal runs differ
 */
export async function verifyModel(model: Model, request: VerifyRequest, spawn: Spawn): Promise<Verdict> {
  try {
    return await verifyBy(HOUR, model, request, spawn);
  } catch (error) {
    const hour = shorterHour(error, request);
    if (hour === undefined) throw error;
    return await verifyBy(hour, model, request, spawn);
  }
}

/**
 * What may count as an hour of a model that has ended the simulation too early to be verified by real ones: all of them lie before
 * its end, and that is in the middle of the next one.
 */
function shorterHour(error: unknown, { work: { time, hours = MAX_HOURS } }: VerifyRequest): number | undefined {
  if (!(error instanceof EmulatorError) || error.failure !== "ended" || error.endedAt === undefined) return undefined;
  const hour = (error.endedAt - time) / (hours + 0.5);
  return hour > 0 && hour < HOUR ? hour : undefined;
}

async function verifyBy(hour: number, model: Model, request: VerifyRequest, spawn: Spawn): Promise<Verdict> {
  const { work, limitMs } = request;
  const startedAt = performance.now();
  const serialized = await verdictOn(model, request, hour, spawn);
  if (serialized.keeps !== "replayed") return serialized;
  const leftBudget = startedAt + work.budgetMs - performance.now();
  const left = { ...request, work: { ...work, budgetMs: leftBudget } };
  const verdict = await imageVerdictOn(
    model,
    left,
    hour < HOUR ? { hour, endsEarly: true } : { hour },
    serialized,
    spawn,
  );
  if (verdict.keeps !== "replayed") return verdict;
  const leftMs = () => startedAt + work.budgetMs - performance.now();
  const replayed: Model = { ...model, keeps: "replayed" };
  const verifier = new Verifier(replayed, { overrides: work.overrides, limitMs, hour }, spawn);
  const different = await verifier.repeat(work.time, leftMs);
  if (different === undefined) return verdict;
  throw new EmulatorError("model", `two runs of it with equal inputs differ: ${different} ${NOT_REPEATABLE}`);
}

const NOT_REPEATABLE =
  "No test of it could be repeated, or go on after its process ended. Make the model independent of the clock, of random numbers without a fixed seed, and of variables that are never initialized";

/**
 * Tries a model: loads, initializes and simulates it a little. If the model claims that it can save its state, the claim is
 * verified over days with nights and with changing inputs. One live process computes hour after hour. Then the model is
 * restored before these hours, in a process that was at another time and in fresh processes, and every sample must be equal
 * bit for bit.
 *
 * @throws EmulatorError if the model cannot be loaded, initialized or simulated at all
 */
async function verdictOn(
  model: Model,
  { work: { time, overrides, budgetMs, hours: wanted = MAX_HOURS }, limitMs }: VerifyRequest,
  hour: number,
  spawn: Spawn,
): Promise<Verdict> {
  const startedAt = performance.now();
  const leftUntil = (share: number) => startedAt + share * budgetMs - performance.now();
  const endsEarly = hour < HOUR;
  // One more: in that one it ends.
  const most = endsEarly ? wanted + 1 : wanted;
  if (claimedKeeping(model) === "replayed") {
    return unverified("The model does not say that its state can be read, written and serialized.");
  }
  const verifier = new Verifier({ ...model, keeps: claimedKeeping(model) }, { overrides, limitMs, hour }, spawn);
  let main: Line;
  try {
    main = await verifier.live(time, most, () => leftUntil(MAIN_END));
  } catch (error) {
    if (!(error instanceof EmulatorError) || (error.failure === "ended" && !endsEarly)) throw error;
    // Perhaps only saving the state fails. If the model cannot do anything else either, that error is thrown.
    await new Verifier({ ...model, keeps: "replayed" }, { overrides: [], limitMs, hour }, spawn).try(time);
    return unverified(`The model says that its state can be serialized, but when that is done: ${error.message}.`);
  }
  // Some models fail at values that lie between the limits of an input.
  if (main.failed?.failure === "model" && overrides.length > 0) {
    verifier.overwritesNothing();
    main = await verifier.live(time, most, () => leftUntil(MAIN_END));
  }
  const { failed } = main;
  const leastHours = Math.min(LEAST_HOURS, wanted);
  if (failed?.failure === "ended" && main.hours.length < leastHours && !endsEarly) throw failed;
  if (main.hours.length === 0) {
    return unverified(`Its state could not be verified: in the first hour ${failed?.message ?? "the time was over"}.`);
  }
  const otherTime = endsEarly ? time + ELSEWHERE_BEFORE_END * hour : (time + ELSEWHERE) % YEAR;
  const elsewhere = { time: otherTime, hours: Math.ceil(wanted / 3) };
  const shared = await verifier.compareElsewhere(main, elsewhere, {
    simulating: () => leftUntil(OTHER_END),
    comparing: () => leftUntil(SHARED_END),
  });
  const isShared = shared.different === undefined && shared.count >= leastHours;
  const processes = Math.ceil(wanted / (isShared ? HOURS_PER_FRESH : HOURS_PER_FRESH_ONLY));
  const fresh = await verifier.compareFresh(main, processes, () => leftUntil(1));
  const covered = { hours: main.hours.length, fresh: fresh.count, shared: shared.count };
  if (fresh.different !== undefined) return { keeps: "replayed", reason: fresh.different, covered };
  if (covered.hours < leastHours || covered.fresh < Math.min(LEAST_FRESH, processes)) {
    const why =
      failed === undefined ? `there was time for ${covered.hours} hours only` : `it failed: ${failed.message}`;
    return { keeps: "replayed", reason: `Its state could not be verified over a day: ${why}.`, covered };
  }
  return { keeps: isShared ? "shared" : "serialized", reason: shared.different ?? null, covered };
}
