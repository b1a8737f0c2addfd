import { randomUUID } from "node:crypto";
import { type Checkpoint, decode } from "../lifecycle/record/record.ts";
import { keys } from "../platform/keys.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf, UnexpectedReply } from "../platform/reply.ts";
import type { SegmentRef } from "../results/segment.ts";
import { REFERENCE, stateKey } from "../results/state.ts";
import { CLEARING } from "../streams/lease.ts";
import holdSource from "./hold.lua";
import letGoSource from "./let-go.lua";
import namedSource from "./named.lua";

const namedScript = script(namedSource);
const holdScript = script(holdSource);
const letGoScript = script(letGoSource);

/** Fields of the saved progress that contain emulator states: of a run, of a sequence, of a rollout. */
const PROGRESS_STATES = ["run", "sequence", "trial"];

/**
 * The tests and rollouts that may refer to objects of a lineage. These are its members; the test that the lineage is
 * named after, which may still compute its first step in it; and the rollouts of both, which start from their test's
 * state at the time of the request. All of them keep their references under the same keys as a test.
 */
export async function holdersOf(redis: Redis, lineage: string): Promise<string[]> {
  const members = (await redis.command(["SMEMBERS", keys.lineage(lineage)])) as string[];
  const tests = [...new Set([...members, lineage.replace(/\.\d+$/, "")])];
  const rollouts = tests.map((testid) => redis.command(["ZRANGE", keys.rollouts(testid), 0, -1]) as Promise<string[]>);
  return [...tests, ...(await Promise.all(rollouts)).flat()];
}

/** What the holders of a lineage refer to. */
export interface Named {
  readonly existing: readonly string[];
  /** S3 keys of the segments and states that holders refer to directly. */
  readonly objects: ReadonlySet<string>;
  /** Checkpoints of the holders, in this and other lineages. */
  readonly checkpoints: readonly Checkpoint[];
}

/** Reads what these holders refer to: one round trip. */
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
    checkpoints: (checkpoints as string[]).flatMap((list) => decode({ checkpoints: list }, "checkpoints")),
  };
}

/**
 * Runs `work` while it holds the leases of all these tests: no worker can commit, and no test can be forked.
 * @returns `busy`, without running `work`, if one of the leases is taken
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
    // Release the leases even if taking them failed: perhaps only the reply was lost. Otherwise they would block the tests
    // until they expire.
    await again(() => redis.run(letGoScript, leases, [token]));
  }
}
