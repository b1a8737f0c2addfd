import { keys } from "../platform/keys.ts";
import type { Limits } from "../platform/limits.ts";
import { again, type Redis, script } from "../platform/redis.ts";
import { outcomeOf } from "../platform/reply.ts";
import source from "./turn.lua";

const turnScript = script(source);

/**
 * How many workers a holder of tests may have at work at the same time. A test that finds the share used up waits in its
 * holder's queue. Whoever gives a slot back calls the next test of the queue.
 */
export interface Share {
  /** An account's name, or what stands for the address of an anonymous user. */
  readonly holder: string;
  /** Its slots: the most that it gets. */
  readonly most: number;
  /** All workers. While other holders use several workers too, the holder gets a part of these only, see claim.lua. */
  readonly workers: number;
}

/** What a worker has taken of a holder's share. It is released and renewed with the lease. */
export interface Slot {
  readonly key: string;
  readonly holder: string;
}

/** The holder of a test, from the test's fields; undefined where they do not tell. No account's name has a slash. */
export function holderOf(test: { readonly user?: string | undefined; readonly address?: string | undefined }) {
  const { user, address } = test;
  if (!user) return undefined;
  return address ? `${user}/${address}` : user;
}

/** Reads the holder of a test: one command, for doorbells that do not name it. @returns undefined if there is no such test */
export async function readHolder(redis: Redis, testid: string): Promise<string | undefined> {
  const reply = await again(() => redis.command(["HMGET", keys.test(testid), "user", "address"]));
  const [user, address] = reply as (string | null)[];
  return holderOf({ user: user ?? undefined, address: address ?? undefined });
}

/** The share of a holder. Anonymous users get less, because one person may have many addresses. */
export function shareOf(holder: string, { workers, workersPerAccount, workersPerAddress }: Limits): Share {
  // See holderOf: without an account there is an address after a slash.
  const isAnonymous = holder.includes("/");
  return { holder, most: isAnonymous ? workersPerAddress : workersPerAccount, workers };
}

/** The keys that a claim needs for a share. */
export function keysOfShare({ holder, most }: Share): string[] {
  const slots = Array.from({ length: most }, (_, slot) => keys.working(holder, slot));
  return [keys.workingBusy(), keys.workingCrowded(holder), keys.workingWaiting(holder), ...slots];
}

/** The keys that a script needs which gives a slot back; the lease's where the worker has no slot. */
export function keysOfSlot({ testid, slot }: { testid: string; slot?: Slot | undefined }): [string, string, string] {
  if (slot === undefined) return [keys.lease(testid), keys.lease(testid), keys.lease(testid)];
  return [slot.key, keys.workingCrowded(slot.holder), keys.workingWaiting(slot.holder)];
}

/** A test to call, as a script names it. */
export function calledIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * Calls the next test in a holder's queue, after the one called before needed no worker: one round trip.
 *
 * @param options.before the test called before, unless another worker has it
 * @param options.slot the worker's slot
 * @param options.keepMs the lease under which the worker keeps its slot for the next test; 0 if it gives the slot back
 * @returns the next test, or undefined if none waits
 */
export async function takeTurn(
  redis: Redis,
  holder: string,
  options: {
    readonly before?: string | undefined;
    readonly slot: Slot | undefined;
    readonly token: string;
    readonly keepMs: number;
  },
): Promise<string | undefined> {
  const { before = "", slot, token, keepMs } = options;
  const crowded = keys.workingCrowded(holder);
  const reply = await redis.run(
    turnScript,
    [crowded, keys.workingWaiting(holder), slot?.key ?? crowded],
    [before, token, keepMs],
  );
  const [, called] = outcomeOf("turn", reply);
  return calledIn(called);
}
