import { createHash } from "node:crypto";
import { type Objects, objectKeys } from "../../platform/objects.ts";
import type { SegmentRef } from "../../results/segment.ts";
import { stateKey } from "../../results/state.ts";
import type { TestFields } from "../../streams/claim.ts";
import { type Checkpoint, decode, encode, SAVED_FIELDS } from "./record.ts";

/** A whole test as it was at one instant. */
export interface SavedTest {
  /** Those of `SAVED_FIELDS` that were set. */
  readonly fields: TestFields;
  /** References of its result segments, which lie in its lineage. */
  readonly segments: readonly string[];
  /** The result chunks after the segments. */
  readonly chunks: readonly string[];
}

/** The fields of a test that are saved with it. */
export function savedFields(fields: TestFields): TestFields {
  return Object.fromEntries(SAVED_FIELDS.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
}

/** The layout of the object. */
const LAYOUT = 1;

interface Content extends SavedTest {
  readonly layout: number;
  /** Test and revision of the checkpoint. So no two checkpoints share an object, and each is deleted on its own. */
  readonly of: string;
}

/**
 * Stores a test as one create-only object among the segments of its lineage. The key follows from the content, so a
 * checkpoint that is computed again after a crash finds its object.
 *
 * @param of names the checkpoint: the test's id and the revision that made it
 */
export async function putSavedTest(
  objects: Objects,
  of: string,
  lineage: string,
  saved: SavedTest,
): Promise<Pick<Checkpoint, "lineage" | "hash" | "bytes">> {
  const bytes = Buffer.from(JSON.stringify({ layout: LAYOUT, of, ...saved } satisfies Content));
  const hash = createHash("sha256").update(bytes).digest("hex");
  await objects.create(objectKeys.segment(lineage, hash), bytes);
  return { lineage, hash, bytes: bytes.length };
}

/**
 * Reads a saved test.
 * @returns undefined if its object does not exist: the checkpoint was deleted
 * @throws Error if the object does not match its hash
 */
export async function readSavedTest(objects: Pick<Objects, "read">, of: Checkpoint): Promise<SavedTest | undefined> {
  const key = objectKeys.segment(of.lineage, of.hash);
  const bytes = await objects.read(key);
  if (bytes === undefined) return undefined;
  if (createHash("sha256").update(bytes).digest("hex") !== of.hash) throw new Error(`The object ${key} is damaged`);
  const { layout, fields, segments, chunks } = JSON.parse(Buffer.from(bytes).toString("utf8")) as Content;
  if (layout !== LAYOUT) throw new Error(`The object ${key} has layout ${layout}, which this version cannot read`);
  return { fields, segments, chunks };
}

/** The S3 keys that a saved test refers to: its segments, and its emulator's state if that is an object. */
export function objectKeysOf({ fields, segments }: SavedTest): string[] {
  const state = fields.state === undefined ? undefined : stateKey(decode(fields, "state").emulator);
  const keys = segments.map((reference) => (JSON.parse(reference) as SegmentRef).key);
  return state === undefined ? keys : [...keys, state];
}

/** The fields of a test that continues from a saved one. No advance has ended yet by its wall clock. */
export function resumedFields({ fields, chunks }: SavedTest): TestFields {
  const tail = chunks.reduce((sum, { length }) => sum + length, 0);
  const timing = fields.timing === undefined ? {} : { timing: { ...decode(fields, "timing"), endedMs: null } };
  return { ...fields, ...encode({ ...timing, drawn: fields.drawn ?? "", tail }) };
}
