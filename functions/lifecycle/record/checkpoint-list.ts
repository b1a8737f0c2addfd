import type { TestFields } from "../../streams/claim.ts";
import type { Changes } from "../../streams/commit.ts";
import { type Checkpoint, decode } from "./record.ts";

/** Most checkpoints of one test. */
export const MAX_CHECKPOINTS = 100;

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

/** Whether a checkpoint may have this name. */
export function isCheckpointName(name: unknown): name is string {
  return typeof name === "string" && NAME.test(name);
}

/** The rule for names, for messages. */
export const CHECKPOINT_NAMES = "1 to 64 letters, digits, or _ . -, and no . at the start";

export function findCheckpoint(test: TestFields, name: string): Checkpoint | undefined {
  return decode(test, "checkpoints").find((checkpoint) => checkpoint.name === name);
}

/** A checkpoint as clients see it. */
export function describeCheckpoint({ name, time, bytes, createdMs }: Checkpoint): object {
  return { name, time, bytes, created: new Date(createdMs).toISOString() };
}

/**
 * The lineages that a test is in: the lineage of its results and those of its checkpoints. It leaves a lineage when
 * neither needs it. Needs the fields `lineage` and `checkpoints`.
 */
export function lineagesOf(test: TestFields): string[] {
  const own = test.lineage === undefined ? [] : [test.lineage];
  return [...new Set([...own, ...decode(test, "checkpoints").map(({ lineage }) => lineage)])];
}

/** The lineages that a test joins and leaves when its fields change. */
export function changeLineages(before: TestFields, fields: TestFields): Pick<Changes, "joins" | "leaves"> {
  const now = lineagesOf({ ...before, ...fields });
  const joins = now.find((lineage) => !lineagesOf(before).includes(lineage));
  const leaves = lineagesOf(before).find((lineage) => !now.includes(lineage));
  return { ...(joins === undefined ? {} : { joins }), ...(leaves === undefined ? {} : { leaves }) };
}
