/** The messages between the host and the processes of functions. */

export interface Invoke {
  id: string;
  event: unknown;
  /** End of the function's time limit, ms since 1970. */
  deadline: number;
}

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

export type FromProcess =
  | { kind: "ready" }
  | {
      kind: "result";
      id: string /** JSON, as the function's result is on Lambda; absent for undefined. */;
      payload?: string;
    }
  | { kind: "error"; id: string; error: FunctionError };

/** Lambda's limit for a synchronous answer, bytes. */
export const MAX_PAYLOAD_BYTES = 6_291_556;
