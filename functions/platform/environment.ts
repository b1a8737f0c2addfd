/** Names of the environment variables that the functions read; infra sets them under these names. */
export const ENV = {
  /** Upstash's own names, so that its console's copy button works. */
  redisUrl: "UPSTASH_REDIS_REST_URL",
  redisToken: "UPSTASH_REDIS_REST_TOKEN",
  bucket: "BUCKET",
  doorbellQueueUrl: "DOORBELL_QUEUE_URL",
  /** How long a synchronous call waits for its answer before it is sent on with 303, ms. */
  waitMs: "WAIT_MS",
  /** How long a worker's lease lasts unless renewed, ms. */
  leaseMs: "LEASE_MS",
  /** How long one worker invocation may compute on a step before it hands over to the next, ms. */
  computeMs: "COMPUTE_MS",
  /** Unanswered requests a test may have. */
  maxUnanswered: "MAX_UNANSWERED",
  /** How old an unanswered request must be before the sweeper rings again, ms. */
  doorbellGraceMs: "DOORBELL_GRACE_MS",
  /** After how long without a command a test is ended, ms. */
  idleMs: "IDLE_MS",
  /** Where finished tests are reported; BOPTEST's own name for it. `/api/results` is put behind it as it is. */
  dashboardUrl: "BOPTEST_DASHBOARD_SERVER",
} as const;
