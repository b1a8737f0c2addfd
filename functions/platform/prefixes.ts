/** Prefixes of S3 keys, by kind of object. Roles and lifecycle rules refer to them. */
export const PREFIXES = {
  /** Result segments: the only copy, deleted when no test needs them any more. */
  results: "results/",
  /** The object cache: can be made again, evicted when space runs short. */
  cache: "cache/",
  /** Answers that are too large for Lambda: fetched with a presigned URL, deleted after a day. */
  answers: "answers/",
  /** Uploaded test cases, by owner. Clients POST them with a signed form, which cannot carry If-None-Match. */
  uploads: "uploads/",
  /** Accepted test case packages, by the hash of their content. */
  packages: "packages/",
} as const;
