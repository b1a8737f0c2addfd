import { readWholeTest } from "../../results/read.ts";
import { LeaseLost } from "../../streams/lease.ts";
import type { Context } from "../context.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import { changeLineages, describeCheckpoint, findCheckpoint, MAX_CHECKPOINTS } from "../record/checkpoint-list.ts";
import { type Checkpoint, decode, encode, SAVED_FIELDS } from "../record/record.ts";
import { putSavedTest, readSavedTest, resumedFields, savedFields } from "../record/saved-test.ts";

/** A checkpoint's name in the request stream. */
export interface CheckpointParams {
  readonly name: string;
}

/** The method of `checkpoint`. A claim of such a request brings the whole test, which no other command needs. */
export const CHECKPOINT = "checkpoint";

/** Saves the test as it is under a name: first the object, then its entry in the list, with the commit. */
export async function checkpoint(
  { redis, objects, clock, claim, test, whole: claimed }: Context,
  { name }: CheckpointParams,
): Promise<CarriedOut> {
  const known = decode(test, "checkpoints");
  if (findCheckpoint(test, name) !== undefined) {
    return answered(
      envelope(409, `The test has a checkpoint ${name} already. Delete it first, or choose another name.`),
    );
  }
  if (known.length >= MAX_CHECKPOINTS) {
    const message = `The test has ${known.length} checkpoints, and may have ${MAX_CHECKPOINTS}. Delete one first.`;
    return answered(envelope(429, message));
  }
  const whole = claimed ?? (await readWholeTest(redis, claim.testid, SAVED_FIELDS));
  if (whole === undefined) throw new LeaseLost(`The test ${claim.testid} was stopped`);
  const fields = savedFields(whole.fields);
  const of = `${claim.testid} ${claim.revision + 1}`;
  const object = await putSavedTest(objects, of, decode(test, "lineage"), { ...whole, fields });
  const time = decode(fields, "time");
  const made: Checkpoint = { name, time, createdMs: clock(), ...object };
  const message = `The checkpoint ${name} keeps the test as it is at ${time} s.`;
  return answered(envelope(200, message, JSON.stringify(describeCheckpoint(made))), {
    fields: encode({ checkpoints: [...known, made] }),
  });
}

/** Goes back to a checkpoint: state, clock, step, scenario, KPIs and results are as they were then. */
export async function restore({ objects, claim, test }: Context, { name }: CheckpointParams): Promise<CarriedOut> {
  const found = findCheckpoint(test, name);
  if (found === undefined) return answered(noCheckpoint(name));
  const saved = await readSavedTest(objects, found);
  if (saved === undefined) throw new Error(`The object of the checkpoint ${name} of ${claim.testid} is missing`);
  const fields = resumedFields(saved);
  const message = `The test is as it was when the checkpoint ${name} was made, at ${found.time} s.`;
  return answered(envelope(200, message, fields.points), {
    fields,
    results: "restart",
    chunks: saved.chunks,
    segments: saved.segments,
    ...changeLineages(test, fields),
  });
}

/** Removes a checkpoint from the list. Its object becomes garbage, like a segment that nothing refers to. */
export function deleteCheckpoint({ test }: Context, { name }: CheckpointParams): CarriedOut {
  const found = findCheckpoint(test, name);
  if (found === undefined) return answered(noCheckpoint(name));
  const fields = encode({ checkpoints: decode(test, "checkpoints").filter((other) => other.name !== name) });
  const payload = JSON.stringify(describeCheckpoint(found));
  return answered(envelope(200, `The checkpoint ${name} is deleted.`, payload), {
    fields,
    ...changeLineages(test, fields),
  });
}

function noCheckpoint(name: string) {
  return envelope(404, `The test has no checkpoint ${name}.`);
}
