/** What one caller may use, so that nobody uses up what is there for all. Set by the environment, see config.ts. */
export interface Limits {
  /** Of a request's body, bytes. */
  readonly bodyBytes: number;
  /** Of all of a request's headers together, bytes. API Gateway's own limit is 10,240. */
  readonly headerBytes: number;
  /** Requests about one test, in the long run per second … */
  readonly testRequestsPerSecond: number;
  /** … and at once. */
  readonly testRequestBurst: number;
  /** For how long a request above that is held back at most, ms; one that would be held back for longer is refused. */
  readonly testHoldMs: number;
  /** Long waits that calls from one address may begin in a minute. */
  readonly waitsPerMinute: number;
  /** All workers that may be at work at the same time. */
  readonly workers: number;
  /**
   * Workers that are at work for one account at the same time, and for one address without an account. Fewer where other
   * holders use several workers too, see streams/share.ts.
   */
  readonly workersPerAccount: number;
  readonly workersPerAddress: number;
  /** Open tests of an account, and those that were begun without one from an address. */
  readonly testsPerAccount: number;
  readonly testsPerAddress: number;
  /** What may be uploaded of all test cases of one account; as much in each namespace, and among those that all share. */
  readonly uploads: UploadLimits;
}

/** What a scope's uploads may hold. */
export interface UploadLimits {
  /** Of all files together. */
  readonly bytes: number;
  /** Files, with the forms that may still be used. */
  readonly files: number;
}

/** What intake lets a scope hold. */
export interface IntakeLimits extends UploadLimits {
  /** Of all packages that were published from the scope's uploads and are not deleted yet, earlier versions included. */
  readonly publishedBytes: number;
}
