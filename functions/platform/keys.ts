/**
 * Every Redis key there is. `:` separates levels. `{testid}` and `{user}` are placeholders of the key table, no braces
 * stand in the keys: Upstash is not clustered by slots.
 */

/** Indexes over all tests are cut in so many parts, so that scripts of different tests do not wait for one key. */
export const SHARDS = 16;

/** The shard of a test: the first hex digit of its UUID, which is random. */
function shardOf(testid: string): number {
  return Number.parseInt(testid.charAt(0), 16) % SHARDS;
}

export const keys = {
  /** Hash: everything that one commit changes together. */
  test: (testid: string) => `tests:${testid}`,
  /** Set: the user's test ids. */
  userTests: (user: string) => `users:${user}:tests`,
  /** As `userTests`; of those without an account, the tests of one address, which stands for them. */
  heldTests: ({ user, address }: { readonly user: string; readonly address?: string | undefined }) =>
    keys.userTests(address ? `${user}/${address}` : user),
  /** Hash: the owner's view of a test, `{status, testcaseid}`. */
  userTest: (user: string, testid: string) => `users:${user}:tests:${testid}`,
  /** Stream: commands, with the consumer group `workers`. */
  request: (testid: string) => `${testid}:request`,
  /** Stream: answers; an answer's id is its request's. */
  response: (testid: string) => `${testid}:response`,
  /** Hash: a long step's partial progress. */
  progress: (testid: string) => `${testid}:progress`,
  /** List: the newest result chunks, those that no segment holds yet. */
  results: (testid: string) => `${testid}:results`,
  /** List: the result segments in S3. */
  segments: (testid: string) => `${testid}:segments`,
  /** Sorted set: rollouts of the test that are requests of their own and not computed yet, by when they end (ms). */
  rollouts: (testid: string) => `${testid}:rollouts`,
  /** String: the worker's create-only lease, a random token. */
  lease: (testid: string) => `${testid}:lease`,
  /** Hash: Idempotency-Key → request id and fingerprint. */
  idempotency: (testid: string) => `${testid}:idempotency`,
  /** String: the same for select, where there is no test yet. */
  selectIdempotency: (user: string, key: string) => `idempotency:${user}:${key}`,
  /** Sorted set: tests with unanswered requests, by the time since when (ms). */
  outstanding: (testid: string) => keys.outstandingShard(shardOf(testid)),
  outstandingShard: (shard: number) => `tests:outstanding:${shard}`,
  /** Sorted set: all tests, by a time (ms) at which each was known to be active. */
  active: (testid: string) => keys.activeShard(shardOf(testid)),
  activeShard: (shard: number) => `tests:active:${shard}`,
  /** Set: tests whose start has failed, or is about to, and which are to be removed. */
  failedStarts: () => "tests:failed",
  /** Set: the tests (and checkpoints) that need a lineage's result segments. */
  lineage: (lineage: string) => `lineage:${lineage}`,
  /** Set: lineages that nobody needs any more. */
  garbage: () => "garbage",
  /** Hash: how far the sweeper's comparison of bucket and indexes has come, and when it was last done (ms). */
  housekeeping: () => "housekeeping",
  /** Hash: hash of an address → long waits that calls from it began in one minute. */
  waits: (minute: number) => `waits:${minute}`,
  /** Hash: account's name → hash of its key. */
  accounts: () => "accounts",
  /** Hash: hash of a key → the account (JSON). */
  accountKeys: () => "accounts:keys",
  /** Set: names of test cases for which an upload form was given out, in one scope. */
  uploads: (scope: string) => `uploads:${scope}`,
  /** Hash: `{scope}/{test case}` → what became of its uploads (JSON). */
  packageRecords: () => "packages:records",
  /** String: how often a check was begun on behalf of one event. Lives for an hour. */
  packageChecks: (eventId: string) => `packages:checks:${eventId}`,
  /** Sorted set: hash of a package → when it was last known to be used (ms). */
  packagesUsed: () => "packages:used",
  /** String: a token while somebody deletes the package. */
  packageLock: (hash: string) => `packages:lock:${hash}`,
} as const;

/** The keys of an object cache; `namespace` is `cache` for the service's own, and begins its objects' keys in S3 too. */
export function cacheKeys(namespace: string) {
  return {
    /** String: `{token} {since when, ms} {who}`, the create-only lock of an object that is being made or removed. */
    lock: (key: string) => `${namespace}:lock:${key}`,
    /** String: `{token} {message}`, the error with which the last holder of that lock gave up. Lives for seconds. */
    failed: (key: string) => `${namespace}:failed:${key}`,
    /** Hash: object → `{bytes} {created, ms}`. */
    size: `${namespace}:size`,
    /** Sorted set: object by the time (ms) at which it was last known to be read. */
    lru: `${namespace}:lru`,
    /** Sorted set, all scores 0: the same names in the order of their bytes, which is that of S3's listings. */
    names: `${namespace}:names`,
    /** String: bytes of all objects together. */
    total: `${namespace}:total`,
    /** String: create-only mutex of the one who evicts, a lock like the others. */
    purge: `${namespace}:purge`,
    /** Stream: what went and why, the last thousands. */
    evictions: `${namespace}:evictions`,
    /** Hash: counters of outcomes and bytes, of all processes. */
    counts: `${namespace}:counts`,
  } as const;
}

export type CacheKeys = ReturnType<typeof cacheKeys>;
