/** Names of the environment variables that the functions read and infra sets. */
export const ENV = {
  /** Upstash's names, as its console copies them. */
  redisUrl: "UPSTASH_REDIS_REST_URL",
  redisToken: "UPSTASH_REDIS_REST_TOKEN",
  /** ARN of the secret that contains both, `{"url", "token"}`. It is read if the two are not set. */
  redisSecretArn: "REDIS_SECRET_ARN",
  bucket: "BUCKET",
  doorbellQueueUrl: "DOORBELL_QUEUE_URL",
  /** The function that runs compiled models. Set only in functions that call it. */
  emulatorFunction: "EMULATOR_FUNCTION",
  /** Longest computing time of a compiled model in one call, ms. */
  modelMs: "MODEL_MS",
  /** The same for a model that cannot save its state, including the repetition of its history, ms. */
  replayMs: "REPLAY_MS",
  /** How long intake may try a model and compare its restored state with its live one, ms. */
  verifyMs: "VERIFY_MS",
  /** How many simulated hours intake compares at most. */
  verifyHours: "VERIFY_HOURS",
  /** Identifies the code of the emulator function: a verdict on a model holds for one version of it. */
  emulatorVersion: "EMULATOR_VERSION",
  /** Of 10,000 calls of compiled models this many are computed twice, live and from the state, and compared. */
  stateChecks: "STATE_CHECKS_PER_10000",
  /** How long a synchronous call waits for its answer before it redirects with 303, ms. */
  waitMs: "WAIT_MS",
  /** How long a worker's lease lasts unless renewed, ms. */
  leaseMs: "LEASE_MS",
  /** Longest computing time of a step in one worker invocation, ms. The next invocation continues. */
  computeMs: "COMPUTE_MS",
  /** The api itself carries out steps that take no longer than this, ms; 0: workers carry out all. */
  inlineMs: "INLINE_MS",
  /** The same for steps of compiled models, by what the test's last step took with its call of the emulator, ms; 0: none. */
  inlineModelMs: "INLINE_MODEL_MS",
  /** The api itself computes rollouts that take no longer than this, ms; 0: workers compute all. */
  rolloutMs: "ROLLOUT_MS",
  /** Most unanswered requests of a test. */
  maxUnanswered: "MAX_UNANSWERED",
  /** How old an unanswered request must be before the sweeper rings again, ms. */
  doorbellGraceMs: "DOORBELL_GRACE_MS",
  /** A test that gets no command for this time is ended, ms. */
  idleMs: "IDLE_MS",
  /** A run that nobody looks at for this time is paused, ms. */
  runUnwatchedMs: "RUN_UNWATCHED_MS",
  /** Size of the object cache above which the sweeper evicts objects, bytes. */
  cacheBytes: "CACHE_BYTES",
  /** How long a lock of the object cache lasts unless renewed, ms. */
  cacheLockMs: "CACHE_LOCK_MS",
  /** How often the sweeper compares bucket and indexes, ms. */
  housekeepingMs: "HOUSEKEEPING_MS",
  /** Age from which the sweeper removes a result segment that no test refers to, ms. */
  orphanGraceMs: "ORPHAN_GRACE_MS",
  /** The results dashboard, under BOPTEST's name for the variable. The path `/api/results` is appended. */
  dashboardUrl: "BOPTEST_DASHBOARD_SERVER",
  /** The limits of limits.ts. */
  maxBodyBytes: "MAX_BODY_BYTES",
  maxHeaderBytes: "MAX_HEADER_BYTES",
  testRequestsPerSecond: "TEST_REQUESTS_PER_SECOND",
  testRequestBurst: "TEST_REQUEST_BURST",
  testHoldMs: "TEST_HOLD_MS",
  waitsPerMinute: "WAITS_PER_MINUTE",
  /** Most workers. The shares of holders follow from it unless they are set. */
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
  /** The CloudWatch namespace of the metrics. Without it there are no metrics. */
  metricsNamespace: "METRICS_NAMESPACE",
} as const;
