import { MAX_STRETCH_SECONDS } from "../../simulation/run.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { encode } from "../record/record.ts";
import { type Body, type Read, readSeconds, refused } from "./bodies.ts";

export interface SetStepParams {
  readonly step: number;
}

/** Reads the body of PUT step. */
export function readSetStep(body: Body): Read<SetStepParams> {
  const step = readSeconds(body, "step", MAX_STRETCH_SECONDS);
  return typeof step === "string" ? refused(step) : { ok: true, params: { step } };
}

export function setStep(_context: Context, { step }: SetStepParams): CarriedOut {
  return answered(envelope(200, `The step is ${step} s.`, JSON.stringify({ step })), { fields: encode({ step }) });
}
