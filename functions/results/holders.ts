import { randomUUID } from "node:crypto";
import { type Checkpoint, checkpointsOf } from "../lifecycle/checkpoint.ts";
import { keys } from "../platform/keys.ts";
import { type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import holdSource from "./hold.lua";
import letGoSource from "./let-go.lua";
import namedSource from "./named.lua";
import type { SegmentRef } from "./segment.ts";

const namedScript = script(namedSource);
const holdScript = script(holdSource);
const letGoScript = script(letGoSource);

/**
 * Who may name segments of a lineage: its members, which keep their lists of segments under the same keys as a test
 * does, and the test that the lineage is named after, which may still be computing its first step in it.
 */
export async function holdersOf(redis: Redis, lineage: string): Promise<string[]> {
  const members = (await redis.command(["SMEMBERS", keys.lineage(lineage)])) as string[];
  return [...new Set([...members, lineage.replace(/\.\d+$/, "")])];
}

/** What the holders of a lineage need. */
export interface Named {
  /** Those of the holders that exist. */
  readonly existing: readonly string[];
  /** The S3 keys of segments that they name themselves. */
  readonly segments: ReadonlySet<string>;
  /** Their checkpoints, in whatever lineage. */
  readonly checkpoints: readonly Checkpoint[];
}

/** Reads what these holders need: one round trip. */
export async function readNamed(redis: Redis, holders: readonly string[]): Promise<Named> {
  const reply = await redis.run(
    namedScript,
    holders.flatMap((holder) => [keys.test(holder), keys.segments(holder), keys.progress(holder)]),
    ["segments"],
  );
  const [, existing, references, fields, checkpoints] = outcomeOf("named", reply);
  if (![existing, references, fields, checkpoints].every(Array.isArray)) throw new UnexpectedReply("named");
  const refs = [
    ...(references as string[]).map((reference) => JSON.parse(reference) as SegmentRef),
    ...(fields as string[]).flatMap((field) => JSON.parse(field) as SegmentRef[]),
  ];
  return {
    existing: holders.filter((_holder, i) => (existing as number[]).includes(i + 1)),
    segments: new Set(refs.map(({ key }) => key)),
    checkpoints: (checkpoints as string[]).flatMap((list) => checkpointsOf({ checkpoints: list })),
  };
}

/** Runs `work` while no worker can commit on any of these tests. @returns `busy`, and nothing was done, if one is at it */
export async function whileHeld<T>(
  redis: Redis,
  testids: readonly string[],
  leaseMs: number,
  work: () => Promise<T>,
): Promise<T | "busy"> {
  if (testids.length === 0) return await work();
  const token = randomUUID();
  const leases = testids.map(keys.lease);
  const [kind] = outcomeOf("hold", await redis.run(holdScript, leases, [token, leaseMs]));
  if (kind !== "held") return "busy";
  try {
    return await work();
  } finally {
    await redis.run(letGoScript, leases, [token]);
  }
}
