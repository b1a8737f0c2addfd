/** What the keys of objects in the bucket begin with, by what they are. Roles and lifecycle rules go by these. */
export const PREFIXES = {
  /** Result segments: somebody's only copy, collected when nobody needs them any more. */
  results: "results/",
  /** What can be made again, evicted when space is short. */
  cache: "cache/",
  /** Answers that are too large for Lambda: fetched once by a signed URL, gone after a day. */
  answers: "answers/",
  /** Test cases that users have sent, by whose they are. Posted with a signed form, which knows no condition. */
  uploads: "uploads/",
  /** Test case packages that were taken in, by the hash of their content. */
  packages: "packages/",
} as const;
