import { readWholeTest } from "../../results/read.ts";
import type { Claimed } from "../../streams/claim.ts";
import { LeaseLost } from "../../streams/lease.ts";
import { answered, type CarriedOut, envelope } from "../outcome.ts";
import type { Ports } from "../ports.ts";
import {
  type Checkpoint,
  changeLineages,
  checkpointsOf,
  describeCheckpoint,
  findCheckpoint,
  MAX_CHECKPOINTS,
} from "../record/checkpoint-list.ts";
import { putSavedTest, readSavedTest, resumedFields, SAVED_FIELDS, savedFields } from "../record/saved-test.ts";

/** A checkpoint's name, as it goes through the request stream. */
export interface CheckpointParams {
  readonly name: string;
}

/** The method that `checkpoint` carries out. It needs more of a test than others: a claim brings that along. */
export const CHECKPOINT = "checkpoint";

/** Keeps the test as it is under a name. The object comes first, its place in the list with the commit. */
export async function checkpoint(
  { redis, objects, clock }: Pick<Ports, "redis" | "objects" | "clock">,
  { claim, test, whole: claimed }: Claimed,
  { name }: CheckpointParams,
): Promise<CarriedOut> {
  const known = checkpointsOf(test);
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
  const object = await putSavedTest(objects, of, test.lineage ?? "-", { ...whole, fields });
  const time = Number(fields.time);
  const made: Checkpoint = { name, time, createdMs: clock(), ...object };
  const message = `The checkpoint ${name} keeps the test as it is at ${time} s.`;
  return answered(envelope(200, message, JSON.stringify(describeCheckpoint(made))), {
    fields: { checkpoints: JSON.stringify([...known, made]) },
  });
}

/** Goes back to a checkpoint: state, clock, step, scenario, KPIs and results are as they were then. */
export async function restore(
  { objects }: Pick<Ports, "objects">,
  { claim, test }: Claimed,
  { name }: CheckpointParams,
): Promise<CarriedOut> {
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

/** Takes a checkpoint off the list. Its object is nobody's then, and is collected like a segment that nobody names. */
export function deleteCheckpoint({ test }: Claimed, { name }: CheckpointParams): CarriedOut {
  const found = findCheckpoint(test, name);
  if (found === undefined) return answered(noCheckpoint(name));
  const fields = { checkpoints: JSON.stringify(checkpointsOf(test).filter((other) => other.name !== name)) };
  const payload = JSON.stringify(describeCheckpoint(found));
  return answered(envelope(200, `The checkpoint ${name} is deleted.`, payload), {
    fields,
    ...changeLineages(test, fields),
  });
}

function noCheckpoint(name: string) {
  return envelope(404, `The test has no checkpoint ${name}.`);
}
