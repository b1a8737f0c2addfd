/** Limits for each caller, so that one cannot use up the service. The environment sets them, see config.ts. */
export interface Limits {
  /** Largest request body, bytes. */
  readonly bodyBytes: number;
  /** Most bytes of all headers of a request. API Gateway's own limit is 10,240. */
  readonly headerBytes: number;
  /** Requests about one test per second, in the long run … */
  readonly testRequestsPerSecond: number;
  /** … and at once. */
  readonly testRequestBurst: number;
  /** A request above that is held back for this time at most, ms. A longer delay is a refusal. */
  readonly testHoldMs: number;
  /** Most long waits that calls from one address begin in a minute. */
  readonly waitsPerMinute: number;
  /** All workers that may be at work at the same time. */
  readonly workers: number;
  /**
   * Workers that are at work for one account at the same time, and for one address without an account. Fewer where other
   * holders use several workers too, see streams/share.ts.
   */
  readonly workersPerAccount: number;
  readonly workersPerAddress: number;
  /** Most open tests of an account, and of an address without an account. */
  readonly testsPerAccount: number;
  readonly testsPerAddress: number;
  /** Uploads of all test cases of one account; the same for each namespace, and for the shared test cases. */
  readonly uploads: UploadLimits;
}

/** Limits of the uploads of a scope. */
export interface UploadLimits {
  /** Size of all files. */
  readonly bytes: number;
  /** Number of files, including forms that can still be used. */
  readonly files: number;
}

/** What intake lets a scope hold. */
export interface IntakeLimits extends UploadLimits {
  /** Of all packages that were published from the scope's uploads and are not deleted yet, earlier versions included. */
  readonly publishedBytes: number;
}
