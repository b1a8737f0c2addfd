import { createHash } from "node:crypto";
import { type Objects, objectKeys } from "../../platform/objects.ts";
import type { SegmentRef } from "../../results/segment.ts";
import { stateKey } from "../../results/state.ts";
import type { TestFields } from "../../streams/claim.ts";
import type { Checkpoint } from "./checkpoint-list.ts";
import { snapshotOf } from "./record.ts";

/** A test as it was at one instant, all of it. */
export interface SavedTest {
  /** Of its hash: those of `SAVED_FIELDS` that were set. */
  readonly fields: TestFields;
  /** References of its result segments, which lie in its lineage. */
  readonly segments: readonly string[];
  /** The result chunks after them. */
  readonly chunks: readonly string[];
}

/** What a test goes back to, and what a fork begins with; not whose it is, nor what of it is under way. */
export const SAVED_FIELDS = [
  "testcaseid",
  "version",
  "owner",
  "cost",
  "width",
  "state",
  "points",
  "time",
  "step",
  "scenario",
  "drawn",
  "timing",
  "lineage",
] as const;

/** Those of a test's fields that are saved with it. */
export function savedFields(fields: TestFields): TestFields {
  return Object.fromEntries(SAVED_FIELDS.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
}

/** The layout of the object. */
const LAYOUT = 1;

interface Content extends SavedTest {
  readonly layout: number;
  /** Which checkpoint of which test it is, so that no two have the same object: each goes by itself. */
  readonly of: string;
}

/**
 * Stores a test as it is: one create-only object, among the segments of its lineage. The key follows from the content, so
 * computing the same checkpoint again after a crash finds what was written before.
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
 * Reads what was stored.
 * @returns undefined if it is not there: the checkpoint has been deleted
 * @throws Error if its content is not what was written
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

/** The S3 keys of what a saved test names: segments, and its emulator's state where that is an object. */
export function objectKeysOf({ fields, segments }: SavedTest): string[] {
  const state = fields.state === undefined ? undefined : stateKey(snapshotOf(fields).emulator);
  const keys = segments.map((reference) => (JSON.parse(reference) as SegmentRef).key);
  return state === undefined ? keys : [...keys, state];
}

/** The fields with which a test goes on from a saved one. Its clock on the wall begins anew: time has passed since. */
export function resumedFields({ fields, chunks }: SavedTest): TestFields {
  const { timing, drawn, ...others } = fields;
  const stopped = timing === undefined ? {} : { timing: JSON.stringify({ ...JSON.parse(timing), endedMs: null }) };
  const tail = chunks.reduce((sum, { length }) => sum + length, 0);
  return { ...others, ...stopped, drawn: drawn ?? "", tail: String(tail) };
}
