import type { Model, Verdict } from "../packages/model.ts";
import { EmulatorError } from "./failure.ts";
import type { VerifyRequest } from "./protocol.ts";
import {
  HOURS_PER_FRESH,
  LEAST_FRESH,
  LEAST_HOURS,
  type Line,
  MAIN_END,
  MAX_HOURS,
  SHARED_END,
  type Spawn,
  Verifier,
} from "./verifier.ts";

/** What counts as an hour, s, and whether it is shorter because the model ends the simulation early. */
interface HourOf {
  readonly hour: number;
  readonly endsEarly?: boolean;
}

/**
 * Verifies whether images of a model's memory are its state, for a model that cannot save it, or saves less than all of it. One
 * live process computes hour after hour. Then another, and fresh ones, are put to the images before these hours, and every
 * sample must be equal bit for bit.
 *
 * @param serialized what became of what the model serializes
 * @throws EmulatorError if the model cannot be loaded, initialized or simulated at all
 */
export async function imageVerdictOn(
  model: Model,
  { work: { time, overrides, budgetMs, hours: wanted = MAX_HOURS }, limitMs }: VerifyRequest,
  { hour, endsEarly = false }: HourOf,
  serialized: Verdict,
  spawn: Spawn,
): Promise<Verdict> {
  const startedAt = performance.now();
  const leftUntil = (share: number) => startedAt + share * budgetMs - performance.now();
  const most = endsEarly ? wanted + 1 : wanted;
  const verifier = new Verifier({ ...model, keeps: "image" }, { overrides, limitMs, hour }, spawn);
  let main: Line;
  try {
    main = await verifier.live(time, most, () => leftUntil(MAIN_END));
    // Some models fail at values that lie between the limits of an input.
    if (main.failed?.failure === "model" && overrides.length > 0) {
      verifier.overwritesNothing();
      main = await verifier.live(time, most, () => leftUntil(MAIN_END));
    }
  } catch (error) {
    if (!(error instanceof EmulatorError) || (error.failure === "ended" && !endsEarly)) throw error;
    await new Verifier({ ...model, keeps: "replayed" }, { overrides: [], limitMs, hour }, spawn).try(time);
    return serialized;
  }
  const leastHours = Math.min(LEAST_HOURS, wanted);
  if (main.failed?.failure === "ended" && main.hours.length < leastHours && !endsEarly) throw main.failed;
  const replayed = (why: string): Verdict => ({ ...serialized, reason: `${serialized.reason} ${why}` });
  const unfit = main.hours.find(({ after }) => after.unfit !== null)?.after.unfit;
  if (unfit) return replayed(`Nor is an image of its memory its state: ${unfit}.`);
  const shared = await verifier.compareInPlace(main, () => leftUntil(SHARED_END));
  if (shared.different !== undefined) return replayed(`With an image of its memory: ${shared.different}`);
  const processes = Math.ceil(wanted / HOURS_PER_FRESH);
  const fresh = await verifier.compareFresh(main, processes, () => leftUntil(1));
  if (fresh.different !== undefined) return replayed(`With an image of its memory: ${fresh.different}`);
  const covered = { hours: main.hours.length, fresh: fresh.count, shared: shared.count };
  const isEnough = Math.min(covered.hours, covered.shared) >= leastHours;
  if (!isEnough || covered.fresh < Math.min(LEAST_FRESH, processes))
    return replayed(
      `There was no time to verify an image of its memory: ${covered.hours} of at least ${leastHours} hours were simulated.`,
    );
  return { keeps: "image", reason: serialized.reason, covered };
}
