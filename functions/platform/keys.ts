/**
 * All Redis keys. `:` separates levels. Comments and scripts write `{testid}` for a test's id; the keys themselves have
 * no braces, because Upstash is not clustered by slots.
 */

/** Indexes over all tests have this many parts, so that scripts of different tests do not wait for one key. */
export const SHARDS = 16;

/** The shard of a test: the first hex digit of its UUID, which is random. */
function shardOf(testid: string): number {
  return Number.parseInt(testid.charAt(0), 16) % SHARDS;
}

export const keys = {
  /** Hash: the test's record, which a commit changes as a whole. */
  test: (testid: string) => `tests:${testid}`,
  /** Set: the user's test ids. */
  userTests: (user: string) => `users:${user}:tests`,
  /** Set: as `userTests`; for callers without an account, the tests of one address. */
  heldTests: ({ user, address }: { readonly user: string; readonly address?: string | undefined }) =>
    keys.userTests(address ? `${user}/${address}` : user),
  /** Hash: the owner's view of a test, `{status, testcaseid}`. */
  userTest: (user: string, testid: string) => `users:${user}:tests:${testid}`,
  /** Stream: commands, with the consumer group `workers`. */
  request: (testid: string) => `${testid}:request`,
  /** Stream: answers; an answer has the id of its request. */
  response: (testid: string) => `${testid}:response`,
  /** Hash: saved progress of a long step. */
  progress: (testid: string) => `${testid}:progress`,
  /** List: the newest result chunks, which are not in a segment yet. */
  results: (testid: string) => `${testid}:results`,
  /** List: references of the result segments in S3. */
  segments: (testid: string) => `${testid}:segments`,
  /** Sorted set: rollouts of the test that are not computed yet, by when their keys expire (ms). */
  rollouts: (testid: string) => `${testid}:rollouts`,
  /** String: the worker's create-only lease, a random token. */
  lease: (testid: string) => `${testid}:lease`,
  /** String: the lease token of a worker that is at work for a holder of tests. A holder has as many slots as it may have workers. */
  working: (holder: string, slot: number) => `working:${holder}:${slot}`,
  /** Sorted set: the holder's tests that wait for a slot, by the time from which each may be called (ms). */
  workingWaiting: (holder: string) => `working:${holder}:waiting`,
  /** String: exists while there may be tests in `workingWaiting`. */
  workingCrowded: (holder: string) => `working:${holder}:crowded`,
  /** String: holders that use several workers, `{holder} {until, ms}` each. */
  workingBusy: () => "working:busy",
  /** Hash: Idempotency-Key → request id and fingerprint. */
  idempotency: (testid: string) => `${testid}:idempotency`,
  /** String: messages of a batch that is not answered yet, and the answers so far (JSON). */
  batch: (batchid: string) => `batches:${batchid}`,
  /** String: set while a call goes on with the batch. */
  batchHeld: (batchid: string) => `batches:${batchid}:held`,
  /** String: as `idempotency`, for select, which has no test yet. */
  selectIdempotency: (user: string, key: string) => `idempotency:${user}:${key}`,
  /** Sorted set: tests with unanswered requests, by the time of the oldest one (ms). */
  outstanding: (testid: string) => keys.outstandingShard(shardOf(testid)),
  outstandingShard: (shard: number) => `tests:outstanding:${shard}`,
  /** Sorted set: all tests, by a time (ms) at which each was active. */
  active: (testid: string) => keys.activeShard(shardOf(testid)),
  activeShard: (shard: number) => `tests:active:${shard}`,
  /** Sorted set: tests that run by themselves, by when the sweeper is to look at each (ms). */
  runs: () => "tests:runs",
  /** Sorted set: the same tests, by the noted time of each run's last read (ms). */
  watched: () => "tests:watched",
  /** Set: tests whose start failed, or is about to fail; the sweeper removes them. */
  failedStarts: () => "tests:failed",
  /** Set: the tests (and checkpoints) that need a lineage's result segments. */
  lineage: (lineage: string) => `lineage:${lineage}`,
  /** Set: lineages that no test needs any more. */
  garbage: () => "garbage",
  /** Hash: progress of the sweeper's comparison of bucket and indexes, and when the last one began (ms). */
  housekeeping: () => "housekeeping",
  /** Hash: hash of an address → long waits that its calls began in one minute. */
  waits: (minute: number) => `waits:${minute}`,
  /** String: the confinement of the last model process that was checked, and the time of the check (JSON). */
  confinement: () => "models:confinement",
  /** Hash: account's name → hash of its key. */
  accounts: () => "accounts",
  /** Hash: hash of a key → the account (JSON). */
  accountKeys: () => "accounts:keys",
  /** Sorted set: `{scope}/{test case}` → when an upload form was last issued for it (ms). */
  uploadNames: () => "uploads:names",
  /** Sorted set: S3 keys of a scope's upload forms that are not used yet → when the form expires (ms). */
  uploadForms: (scope: string) => `uploads:forms:${scope}`,
  /** Hash: `{scope}/{test case}` → results of its uploads' checks (JSON). */
  packageRecords: () => "packages:records",
  /** String: how often a check was begun for one event. Expires after an hour. */
  packageChecks: (eventId: string) => `packages:checks:${eventId}`,
  /** String: the verdict on a model's state (JSON), by a hash of all that it depends on. Expires after 90 days. */
  verdict: (hash: string) => `packages:verdicts:${hash}`,
  /** Sorted set: hash of a package → when it was last used, as far as noted (ms). */
  packagesUsed: () => "packages:used",
  /** Hash: hash of a package that was published from a scope's uploads → its size (bytes). */
  packagesOf: (scope: string) => `packages:of:${scope}`,
  /** String: a token, while a process deletes the package. */
  packageLock: (hash: string) => `packages:lock:${hash}`,
} as const;

/** The keys of an object cache. `namespace` (`cache` for this service) is also the prefix of its objects in S3. */
export function cacheKeys(namespace: string) {
  return {
    /** String: `{token} {since, ms} {who}`, the lock of an object that is being created or deleted. */
    lock: (key: string) => `${namespace}:lock:${key}`,
    /** String: `{token} {message}`, the error with which the last holder of the lock gave up. Expires after seconds. */
    failed: (key: string) => `${namespace}:failed:${key}`,
    /** Hash: object → `{bytes} {created, ms}`. */
    size: `${namespace}:size`,
    /** Sorted set: objects by the time (ms) of their last read, as far as noted. */
    lru: `${namespace}:lru`,
    /** Sorted set, all scores 0: the objects in byte order, which is the order of S3's listings. */
    names: `${namespace}:names`,
    /** String: size of all objects, bytes. */
    total: `${namespace}:total`,
    /** String: the lock of the process that evicts, like the other locks. */
    purge: `${namespace}:purge`,
    /** Stream: the last thousands of deleted objects, with the reason. */
    evictions: `${namespace}:evictions`,
    /** Hash: counters of outcomes and bytes, summed over all processes. */
    counts: `${namespace}:counts`,
  } as const;
}

export type CacheKeys = ReturnType<typeof cacheKeys>;
