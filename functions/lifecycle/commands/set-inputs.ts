import { readInputs } from "../../simulation/inputs.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { decode, encode } from "../record/record.ts";
import type { AdvanceParams } from "./advance.ts";

/** Sets inputs without a step. They are held like those of an advance, so the next step takes them. */
export function setInputs({ testcase, test }: Context, params: AdvanceParams): CarriedOut {
  const snapshot = decode(test, "state");
  const read = readInputs(testcase, snapshot.inputs, params);
  if (!read.ok) return answered(envelope(400, read.message));
  const message = ["The inputs are set. The next step takes them.", ...read.warnings].join(" ");
  return answered(envelope(200, message, JSON.stringify(read.inputs)), {
    fields: encode({ state: { ...snapshot, inputs: read.inputs } }),
  });
}
