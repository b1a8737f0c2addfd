import { randomUUID } from "node:crypto";
import { type Checkpoint, checkpointsOf } from "../lifecycle/checkpoint.ts";
import { keys } from "../platform/keys.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import { CLEARING } from "../streams/lease.ts";
import holdSource from "./hold.lua";
import letGoSource from "./let-go.lua";
import namedSource from "./named.lua";
import type { SegmentRef } from "./segment.ts";
import { REFERENCE, stateKey } from "./state.ts";

const namedScript = script(namedSource);
const holdScript = script(holdSource);
const letGoScript = script(letGoSource);

/** The fields of a progress that have emulator states in them: of a run, of a sequence, of a rollout. */
const PROGRESS_STATES = ["run", "sequence", "trial"];

/**
 * Who may name objects of a lineage: its members, which keep their lists of segments under the same keys as a test
 * does; the test that the lineage is named after, which may still be computing its first step in it; and rollouts of
 * these, which begin from the state that was their test's when they were asked for.
 */
export async function holdersOf(redis: Redis, lineage: string): Promise<string[]> {
  const members = (await redis.command(["SMEMBERS", keys.lineage(lineage)])) as string[];
  const tests = [...new Set([...members, lineage.replace(/\.\d+$/, "")])];
  const rollouts = tests.map((testid) => redis.command(["ZRANGE", keys.rollouts(testid), 0, -1]) as Promise<string[]>);
  return [...tests, ...(await Promise.all(rollouts)).flat()];
}

/** What the holders of a lineage need. */
export interface Named {
  /** Those of the holders that exist. */
  readonly existing: readonly string[];
  /** The S3 keys of segments and of states that they name themselves. */
  readonly objects: ReadonlySet<string>;
  /** Their checkpoints, in whatever lineage. */
  readonly checkpoints: readonly Checkpoint[];
}

/** Reads what these holders need: one round trip. */
export async function readNamed(redis: Redis, holders: readonly string[]): Promise<Named> {
  const reply = await redis.run(
    namedScript,
    holders.flatMap((holder) => [keys.test(holder), keys.segments(holder), keys.progress(holder)]),
    [REFERENCE, "segments", ...PROGRESS_STATES],
  );
  const [, existing, references, fields, checkpoints, states] = outcomeOf("named", reply);
  if (![existing, references, fields, checkpoints, states].every(Array.isArray)) throw new UnexpectedReply("named");
  const refs = [
    ...(references as string[]).map((reference) => JSON.parse(reference) as SegmentRef),
    ...(fields as string[]).flatMap((field) => JSON.parse(field) as SegmentRef[]),
  ];
  return {
    existing: holders.filter((_holder, i) => (existing as number[]).includes(i + 1)),
    objects: new Set([
      ...refs.map(({ key }) => key),
      ...(states as string[]).flatMap((state) => stateKey(state) ?? []),
    ]),
    checkpoints: (checkpoints as string[]).flatMap((list) => checkpointsOf({ checkpoints: list })),
  };
}

/**
 * Runs `work` while no worker can commit on any of these tests, and nobody can fork them.
 * @returns `busy`, and nothing was done, if a worker is at one of them
 */
export async function whileHeld<T>(
  redis: Redis,
  testids: readonly string[],
  leaseMs: number,
  work: () => Promise<T>,
): Promise<T | "busy"> {
  if (testids.length === 0) return await work();
  const token = `${CLEARING}${randomUUID()}`;
  const leases = testids.map(keys.lease);
  try {
    const [kind] = outcomeOf("hold", await redis.run(holdScript, leases, [token, leaseMs]));
    return kind === "held" ? await work() : "busy";
  } finally {
    // Also if nothing is known to be held: only the reply may have been lost, and nobody else would let go for long.
    await again(() => redis.run(letGoScript, leases, [token]));
  }
}
