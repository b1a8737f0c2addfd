/** Names of the environment variables that the functions read; infra sets them under these names. */
export const ENV = {
  /** Upstash's own names, so that its console's copy button works. */
  redisUrl: "UPSTASH_REDIS_REST_URL",
  redisToken: "UPSTASH_REDIS_REST_TOKEN",
  /** ARN of the secret that holds both, `{"url", "token"}`, read where the two are not set. */
  redisSecretArn: "REDIS_SECRET_ARN",
  bucket: "BUCKET",
  doorbellQueueUrl: "DOORBELL_QUEUE_URL",
  /** The function that runs compiled models; only what calls it is told. */
  emulatorFunction: "EMULATOR_FUNCTION",
  /** How long a compiled model may compute in one call, ms. */
  modelMs: "MODEL_MS",
  /** The same of one that cannot save its state, with all that it may have to repeat first, ms. */
  replayMs: "REPLAY_MS",
  /** How long intake may try a model and compare its restored state with its live one, ms. */
  verifyMs: "VERIFY_MS",
  /** How many simulated hours intake compares at most. */
  verifyHours: "VERIFY_HOURS",
  /** Identifies the code of the emulator function: a verdict on a model holds for one version of it. */
  emulatorVersion: "EMULATOR_VERSION",
  /** Of 10,000 calls of compiled models so many are computed twice, live and from the state, and compared. */
  stateChecks: "STATE_CHECKS_PER_10000",
  /** How long a synchronous call waits for its answer before it is sent on with 303, ms. */
  waitMs: "WAIT_MS",
  /** How long a worker's lease lasts unless renewed, ms. */
  leaseMs: "LEASE_MS",
  /** How long one worker invocation may compute on a step before it hands over to the next, ms. */
  computeMs: "COMPUTE_MS",
  /** Steps that take no longer than this are carried out by the api itself, ms; 0: all go to a worker. */
  inlineMs: "INLINE_MS",
  /** Rollouts that take no longer than this are computed by the api itself, ms; 0: all go to a worker. */
  rolloutMs: "ROLLOUT_MS",
  /** Unanswered requests a test may have. */
  maxUnanswered: "MAX_UNANSWERED",
  /** How old an unanswered request must be before the sweeper rings again, ms. */
  doorbellGraceMs: "DOORBELL_GRACE_MS",
  /** After how long without a command a test is ended, ms. */
  idleMs: "IDLE_MS",
  /** How large the object cache may grow before the sweeper evicts, bytes. */
  cacheBytes: "CACHE_BYTES",
  /** How long a lock of the object cache lasts unless renewed, ms. */
  cacheLockMs: "CACHE_LOCK_MS",
  /** How often the sweeper compares bucket and indexes, ms. */
  housekeepingMs: "HOUSEKEEPING_MS",
  /** How old a result segment must be before the sweeper removes it if no test names it, ms. */
  orphanGraceMs: "ORPHAN_GRACE_MS",
  /** Where finished tests are reported; BOPTEST's own name for it. `/api/results` is put behind it as it is. */
  dashboardUrl: "BOPTEST_DASHBOARD_SERVER",
  /** The limits of limits.ts. */
  maxBodyBytes: "MAX_BODY_BYTES",
  maxHeaderBytes: "MAX_HEADER_BYTES",
  testRequestsPerSecond: "TEST_REQUESTS_PER_SECOND",
  testRequestBurst: "TEST_REQUEST_BURST",
  testHoldMs: "TEST_HOLD_MS",
  waitsPerMinute: "WAITS_PER_MINUTE",
  /** How many workers there are at most; the shares of holders follow from it unless they are set. */
  workers: "WORKERS",
  workersPerAccount: "WORKERS_PER_ACCOUNT",
  workersPerAddress: "WORKERS_PER_ADDRESS",
  testsPerAccount: "TESTS_PER_ACCOUNT",
  testsPerAddress: "TESTS_PER_ADDRESS",
  uploadBytes: "UPLOAD_BYTES",
  uploadFiles: "UPLOAD_FILES",
  publishedBytes: "PUBLISHED_BYTES",
  /** After how long the files of an upload that was refused, or never checked, are deleted, ms. */
  refusedUploadMs: "REFUSED_UPLOAD_MS",
  /** The CloudWatch namespace of the metrics. Without one none are counted. */
  metricsNamespace: "METRICS_NAMESPACE",
} as const;
