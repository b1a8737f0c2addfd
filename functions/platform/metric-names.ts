/** Names of the metrics that the functions count; infra's alarms and dashboard ask for them under these names. */
export const METRICS = {
  /** From a command's arrival to the commit of its answer, ms. */
  enqueueToCommit: "EnqueueToCommit",
  /** Looks at a test's answers while a call waited. */
  polls: "Polls",
  /** Work that was dropped because somebody else had the test by then, or the test was gone. */
  lostLeases: "LostLeases",
  /** Requests that were handed to a worker for a further time: an earlier one ended before it committed. */
  redeliveries: "Redeliveries",
  /** Outcomes of the object cache. */
  cacheHits: "CacheHits",
  cacheMisses: "CacheMisses",
  cacheBusy: "CacheBusy",
  cacheCreated: "CacheCreated",
  /** Calls that were refused because of a limit. */
  limited: "Limited",
  /** Calls that were held back for a moment because their client was faster than a test's requests are answered. */
  heldBack: "HeldBack",
  /** Age of the oldest request that nobody has answered, ms; from the sweeper, each minute. */
  oldestUnanswered: "OldestUnanswered",
  /** Chains of workers that had become too long, and were left to the sweeper. */
  chainsEnded: "ChainsEnded",
  /** Tests that the sweeper rang for anew. */
  forgotten: "Forgotten",
  /** Steps of compiled models that were computed twice, live and from their state, and came to the same. */
  stateChecks: "StateChecks",
  /** Tests that were moved to replay: their model's state turned out not to be its state, or could not be restored. */
  stateFallbacks: "StateFallbacks",
  /** Calls of models whose system does not confine them in full: without Landlock, seccomp, or as root. */
  unconfined: "Unconfined",
} as const;

export type Metric = (typeof METRICS)[keyof typeof METRICS];
