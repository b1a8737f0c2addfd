import { kindOfState } from "../emulator/state.ts";
import type { Emulator, PlannedStep } from "../simulation/emulator.ts";
import type { CallCandidates } from "./call.ts";
import type { Listener } from "./catalog.ts";
import { ModelFailed } from "./failure.ts";
import { type ModelPackage, tellPackage } from "./model-package.ts";
import { readSamples, toBase64 } from "./samples.ts";

/** A call begins candidates for so long, ms: then the worker looks at its own time. */
const BUDGET_MS = 5_000;
/** The size of a request, bytes: Lambda allows 6 MB. */
const REQUEST_BYTES = 5_000_000;
/** Samples of one candidate, not compressed, bytes: both sides hold them in memory. */
const MOST_SAMPLES_BYTES = 32 * 2 ** 20;

/**
 * Makes {@link Emulator.tryCandidates} of a package: one call of the emulator function for as many candidates as it can compute in
 * some seconds. Rejects with `ModelUnavailable` alone.
 *
 * @param names the columns of samples, `time` first
 */
export function makeTryCandidates(
  of: ModelPackage,
  names: readonly string[],
  call: CallCandidates,
  heard: Listener,
): NonNullable<Emulator["tryCandidates"]> {
  return async (state, candidates) => {
    const told = toBase64(state);
    const fitting = kindOfState(state) === "replay" ? 0 : countFitting(candidates, names.length, told.length);
    if (fitting === 0) return [undefined];
    const asked = candidates.slice(0, fitting);
    const work = { kind: "candidates", state: told, candidates: asked, budgetMs: BUDGET_MS } as const;
    const reply = await call({ ...(await tellPackage(of)), work }).catch((error: unknown) => {
      if (error instanceof ModelFailed) return undefined;
      throw error;
    });
    if (reply === undefined) return [undefined];
    const { log } = reply;
    if (log.length > 0) heard(log);
    return asked.slice(0, reply.samples.length).map((steps, i) => {
      const samples = reply.samples[i];
      return typeof samples === "string" ? () => readSamples({ samples, log }, names, rowsOf(steps)) : undefined;
    });
  };
}

/** How many of the first candidates one request can have. */
function countFitting(candidates: readonly (readonly PlannedStep[])[], columns: number, stateBytes: number): number {
  let bytes = stateBytes;
  const end = candidates.findIndex((steps) => {
    bytes += JSON.stringify(steps).length + 1;
    const samples = rowsOf(steps) * columns * Float64Array.BYTES_PER_ELEMENT;
    return bytes > REQUEST_BYTES || samples > MOST_SAMPLES_BYTES;
  });
  return end < 0 ? candidates.length : end;
}

function rowsOf(steps: readonly PlannedStep[]): number {
  return steps.reduce((sum, { grid }) => sum + grid.intervals, 0);
}
