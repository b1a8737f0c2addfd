/**
 * The pattern that the service replaces, in small: one long-lived worker process per test. It has the test in its memory,
 * listens on one Redis channel and answers on another.
 */
export const channels = {
  request: (testid: string) => `${testid}:request`,
  response: (testid: string) => `${testid}:response`,
} as const;

/** The list of tests that wait for a worker. */
export const JOBS = "jobs";

export interface RequestMessage {
  readonly id: string;
  readonly method: "advance" | "step" | "stop";
  readonly params: Readonly<Record<string, unknown>>;
}

export interface ResponseMessage {
  /** `ready` is the worker's first message. */
  readonly id: string;
  readonly status: number;
  readonly payload: unknown;
}
