import type { Answer } from "../streams/answer.ts";

/**
 * BOPTEST's shape of an answer about a test. `payloadJson` is JSON text already, so that stored values need no parsing
 * to be passed on.
 */
export function envelope(status: number, message: string, payloadJson = "null"): Answer {
  return {
    status,
    body: `{"status":${status},"message":${JSON.stringify(message)},"payload":${payloadJson}}`,
  };
}
