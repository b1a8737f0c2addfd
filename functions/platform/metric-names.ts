/** Names of the metrics that the functions count and that infra's alarms and dashboard read. */
export const METRICS = {
  /** From a command's arrival to the commit of its answer, ms. */
  enqueueToCommit: "EnqueueToCommit",
  /** Reads of a test's answers during waiting calls. */
  polls: "Polls",
  /** Work that was dropped because another worker had the lease, or the test was removed. */
  lostLeases: "LostLeases",
  /** Requests that were delivered again, because an earlier worker ended before its commit. */
  redeliveries: "Redeliveries",
  /**
   * Commands that were computed before they were sent, from a test as the process remembered it: those that were committed
   * so, those whose test had changed, and for how long these were computed in vain, ms.
   */
  warmHits: "WarmHits",
  warmMisses: "WarmMisses",
  warmWasted: "WarmWasted",
  /** Outcomes of the object cache. */
  cacheHits: "CacheHits",
  cacheMisses: "CacheMisses",
  cacheBusy: "CacheBusy",
  cacheCreated: "CacheCreated",
  /** Calls that were refused because of a limit. */
  limited: "Limited",
  /** Calls that were held back for a moment because of the limit of requests per test. */
  heldBack: "HeldBack",
  /** Age of the oldest unanswered request, ms; from the sweeper, each minute. */
  oldestUnanswered: "OldestUnanswered",
  /** Chains of workers that became too long, and were left to the sweeper. */
  chainsEnded: "ChainsEnded",
  /** Tests for which the sweeper rang again. */
  forgotten: "Forgotten",
  /** Steps of compiled models that were computed twice, live and from their state, with equal results. */
  stateChecks: "StateChecks",
  /** Tests that were moved to replay, because their model's saved state was incomplete or could not be restored. */
  stateFallbacks: "StateFallbacks",
  /** Calls of models that the system did not confine fully: without Landlock, without seccomp, or as root. */
  unconfined: "Unconfined",
} as const;

export type Metric = (typeof METRICS)[keyof typeof METRICS];
