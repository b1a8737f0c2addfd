import type { TestFields } from "../../streams/claim.ts";
import type { Changes } from "../../streams/commit.ts";

/** A named copy of a test's state. All of it lies in one object; this is how the test's hash lists it. */
export interface Checkpoint {
  readonly name: string;
  /** The test's time, s. */
  readonly time: number;
  /** Of the object. */
  readonly bytes: number;
  /** By the wall clock, ms. */
  readonly createdMs: number;
  /** The lineage in which the test was, the segments of its results are, and the object is among them. */
  readonly lineage: string;
  /** Of the object's content: the rest of its key. */
  readonly hash: string;
}

/** A test may have so many at a time. */
export const MAX_CHECKPOINTS = 100;

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

/** Whether a checkpoint may have this name. */
export function isCheckpointName(name: unknown): name is string {
  return typeof name === "string" && NAME.test(name);
}

/** The rule, for messages. */
export const CHECKPOINT_NAMES = "1 to 64 letters, digits, or _ . -, and no . at the start";

/** The test's checkpoints, oldest first. Needs the field `checkpoints`. */
export function checkpointsOf({ checkpoints }: TestFields): readonly Checkpoint[] {
  return checkpoints ? (JSON.parse(checkpoints) as Checkpoint[]) : [];
}

export function findCheckpoint(test: TestFields, name: string): Checkpoint | undefined {
  return checkpointsOf(test).find((checkpoint) => checkpoint.name === name);
}

/** What a client may know of a checkpoint. */
export function describeCheckpoint({ name, time, bytes, createdMs }: Checkpoint): object {
  return { name, time, bytes, created: new Date(createdMs).toISOString() };
}

/**
 * The lineages that a test is in: that of its results, and those of its checkpoints. It leaves one when neither needs it.
 * Needs the fields `lineage` and `checkpoints`.
 */
export function lineagesOf(test: TestFields): string[] {
  const own = test.lineage === undefined ? [] : [test.lineage];
  return [...new Set([...own, ...checkpointsOf(test).map(({ lineage }) => lineage)])];
}

/** How the lineages that a test is in change with its fields. */
export function changeLineages(before: TestFields, fields: TestFields): Pick<Changes, "joins" | "leaves"> {
  const now = lineagesOf({ ...before, ...fields });
  const joins = now.find((lineage) => !lineagesOf(before).includes(lineage));
  const leaves = lineagesOf(before).find((lineage) => !now.includes(lineage));
  return { ...(joins === undefined ? {} : { joins }), ...(leaves === undefined ? {} : { leaves }) };
}
