import { keys } from "../../platform/keys.ts";
import { again, type Redis } from "../../platform/redis.ts";
import type { Snapshot } from "../../simulation/run.ts";
import { FRESH_SCENARIO, type Scenario } from "../../simulation/scenario.ts";
import { fieldsOf, type TestFields } from "../../streams/claim.ts";
import type { TestRun } from "../runs/test-run.ts";

/** The test's account of wall-clock time for `time_rat`. It is not part of the snapshot: equal runs may differ in it. */
export interface Timing {
  /** When the last advance was answered, ms; null before the first. */
  readonly endedMs: number | null;
  /** Sum over advances of (time between the end of one and the arrival of the next) / step. */
  readonly ratioSum: number;
  readonly ratios: number;
}

export const NO_TIMING: Timing = { endedMs: null, ratioSum: 0, ratios: 0 };

/** A checkpoint as the test's record lists it: a named copy of the test, whose content is one S3 object. */
export interface Checkpoint {
  readonly name: string;
  /** The test's time, s. */
  readonly time: number;
  /** Size of the object. */
  readonly bytes: number;
  /** Wall clock, ms. */
  readonly createdMs: number;
  /** The test's lineage at that time. It contains the checkpoint's object and the segments that this refers to. */
  readonly lineage: string;
  /** SHA-256 of the object's content: the rest of its key. */
  readonly hash: string;
}

/**
 * Who needs a field: `worker`, to carry out a request; `saved`, a checkpoint or fork, which continues from it; `rollout`,
 * which a worker computes on a copy of the test; `trial`, a rollout that the api computes; `origin`, the check of a fork.
 */
type Use = "worker" | "saved" | "rollout" | "trial" | "origin";

interface Field<T> {
  readonly uses: readonly Use[];
  readonly encode: (value: T) => string;
  readonly decode: (text: string) => T;
  /** The value of a field that is not set. Decoding a missing field without one is an error. */
  readonly unset?: T;
}

const text = (...uses: Use[]): Field<string> => ({ uses, encode: (value) => value, decode: (value) => value });
const number = (...uses: Use[]): Field<number> => ({ uses, encode: String, decode: Number });
const json = <T>(uses: Use[], unset?: T): Field<T> => {
  const field = {
    uses,
    encode: (value: T) => JSON.stringify(value),
    decode: (value: string) => JSON.parse(value) as T,
  };
  return unset === undefined ? field : { ...field, unset };
};

/** The record of a test: the fields of its Redis hash, which is all text. */
const FIELDS = {
  user: text("worker", "rollout", "origin"),
  /** Address of an anonymous user, or ''. */
  address: text(),
  /** Queued or Running; see also `isRollout`. */
  status: text("worker", "origin"),
  testcaseid: text("worker", "saved", "rollout"),
  /** Version of the test case, or hash of its package. */
  version: text("worker", "saved", "rollout"),
  /** Owner of the package; '' for a built-in test case. */
  owner: text("worker", "saved", "rollout"),
  /** Computing time of the emulator, ms per simulated second. `enqueue.lua` reads it. */
  cost: number("saved"),
  /** Size of the results, bytes per simulated second. `enqueue.lua` reads it. */
  width: number("saved"),
  state: json<Snapshot>(["worker", "saved", "rollout", "trial"]),
  /** Current values of all points, JSON. Answers contain it as it is, so it is not decoded. */
  points: text("saved", "rollout", "trial"),
  /** The test's clock, s; equal to the snapshot's. */
  time: number("saved"),
  /** Seconds. */
  step: number("worker", "saved", "rollout", "trial"),
  scenario: json<Scenario>(["worker", "saved", "rollout", "trial"], FRESH_SCENARIO),
  /** When forecast errors were drawn; see `drawn.lua`. */
  drawn: text("worker", "saved"),
  timing: json<Timing>(["worker", "saved"], NO_TIMING),
  /** The test's last run by itself. A fork or checkpoint has none. */
  run: json<TestRun | null>(["worker"], null),
  /** The lineage of the test's result segments. */
  lineage: { ...text("worker", "saved", "rollout", "origin"), unset: "-" },
  /** Size of the result chunks that are not in a segment yet, bytes. */
  tail: { ...number("worker"), unset: 0 },
  checkpoints: json<readonly Checkpoint[]>(["worker", "origin"], []),
  /** Lifetime of the test's keys (ms), if it differs from the usual one. */
  lifetime: number("worker"),
  /** The test that a rollout belongs to. */
  origin: text("worker"),
  /** How many requests have changed the test. */
  revision: number(),
  /** When the last request was answered, ms. */
  timestamp: number(),
};

export type FieldName = keyof typeof FIELDS;
type ValueOf<Name extends FieldName> = (typeof FIELDS)[Name] extends Field<infer T> ? T : never;

const fieldsFor = (use: Use) => (Object.keys(FIELDS) as FieldName[]).filter((name) => FIELDS[name].uses.includes(use));

export const WORKER_FIELDS = fieldsFor("worker");
export const SAVED_FIELDS = fieldsFor("saved");
export const ROLLOUT_FIELDS = fieldsFor("rollout");
export const TRIAL_FIELDS = fieldsFor("trial");
export const ORIGIN_FIELDS = fieldsFor("origin");

/** Value of a field. @throws Error if it is not set and has no default */
export function decode<Name extends FieldName>(test: TestFields, name: Name): ValueOf<Name> {
  const field = FIELDS[name] as unknown as Field<ValueOf<Name>>;
  const value = test[name];
  if (value) return field.decode(value);
  if (field.unset === undefined) throw new Error(`The test has no field ${name}`);
  return field.unset;
}

/** Values as fields of the record. */
export function encode(values: { readonly [Name in FieldName]?: ValueOf<Name> }): TestFields {
  const encoded = Object.entries(values).map(([name, value]) => {
    return [name, (FIELDS[name as FieldName] as unknown as Field<typeof value>).encode(value)];
  });
  return Object.fromEntries(encoded);
}

/** Whether this is the record of a rollout that a worker computes. Clients can wait for it; it is not a test. */
export function isRollout({ status }: TestFields): boolean {
  return status === "Rollout";
}

/** The message where this deployment does not have the version of the test case that the test began with. */
export function describeOutdated({ testcaseid, version }: TestFields): string {
  return `This test began with version ${version} of ${testcaseid}, which this service has no more. Stop it and select the test case again.`;
}

/**
 * Counts an advance into `time_rat`: the wall-clock time between the end of one advance and the arrival of the next,
 * over the current step. Clocks of different processes may disagree, so a time below zero counts as zero.
 *
 * @param arrivalMs when the advance arrived
 * @param endedMs when it is answered
 * @param stepSeconds the current step; a step of 0 s is not counted
 */
export function countAdvance(timing: Timing, arrivalMs: number, endedMs: number, stepSeconds: number): Timing {
  if (timing.endedMs === null || stepSeconds === 0) return { ...timing, endedMs };
  const waitedSeconds = Math.max(0, arrivalMs - timing.endedMs) / 1000;
  return { endedMs, ratioSum: timing.ratioSum + waitedSeconds / stepSeconds, ratios: timing.ratios + 1 };
}

/** `time_rat`, or null before the second advance. */
export function timeRatio(timing: Timing): number | null {
  return timing.ratios === 0 ? null : timing.ratioSum / timing.ratios;
}

/**
 * Reads committed fields of a test: one round trip, 2 commands. It wakes no worker.
 * @returns the fields that are set, or undefined for an unknown test
 */
export async function readTest(
  redis: Redis,
  testid: string,
  names: readonly FieldName[],
): Promise<TestFields | undefined> {
  const fields = await readFields(redis, testid, ["status", ...names]);
  return fields.status === undefined || isRollout(fields) ? undefined : fields;
}

/** The requested fields of a test that are set; none for an unknown test. */
export async function readFields(redis: Redis, testid: string, names: readonly FieldName[]): Promise<TestFields> {
  return fieldsOf(names, await again(() => redis.command(["HMGET", keys.test(testid), ...names])));
}
