import { InvokeCommand, LambdaClient, LambdaServiceException } from "@aws-sdk/client-lambda";

/** Lambda's limit for the payload of a synchronous call, and for its result, bytes. */
export const MAX_INVOKE_BYTES = 6_291_556;

/** Why a function gave no result. */
export type InvokeFailure =
  /** Payload or result exceed Lambda's limit. */
  | "too-large"
  /** There was no result within the time limit. The function may still be running. */
  | "timed-out"
  /** No invocation was free, in several attempts. */
  | "throttled"
  /** The function threw, or its process ended, or ran out of memory or time. */
  | "failed"
  /** The function could not be called: no connection, no permission, no such function. */
  | "unavailable";

/** A function gave no result. */
export class InvokeError extends Error {
  override readonly name = "InvokeError";
  readonly code: InvokeFailure;
  /** Lambda's name of the error: `Sandbox.Timedout`, `TooManyRequestsException`, or the class that was thrown. */
  readonly errorType: string;

  constructor(code: InvokeFailure, errorType: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.errorType = errorType;
  }
}

export interface InvokeOptions {
  /** Time limit of all attempts together, ms. */
  readonly limitMs: number;
  /** The tenant, if the function keeps tenants apart: letters, digits and `._:/=+-@ `, 256 at most. */
  readonly tenant?: string;
}

/**
 * Calls a function and waits for its result. The function may run more than once, so it must not change anything.
 * @throws InvokeError
 */
export type Invoke = (payload: unknown, options: InvokeOptions) => Promise<unknown>;

/** The only place that makes a Lambda client. The client repeats throttled calls and failures of the service, with pauses. */
export function createInvoke(functionName: string, options: { readonly maxAttempts?: number } = {}): Invoke {
  const client = new LambdaClient({
    maxAttempts: options.maxAttempts ?? 4,
    retryMode: "standard",
    requestHandler: { connectionTimeout: 2_000, throwOnRequestTimeout: true },
  });
  return async (payload, { limitMs, tenant }) => {
    const body = Buffer.from(JSON.stringify(payload));
    if (body.length > MAX_INVOKE_BYTES) {
      const sizes = `${body.length} bytes, but ${MAX_INVOKE_BYTES} is the most that Lambda accepts`;
      throw new InvokeError("too-large", "RequestTooLargeException", `${functionName} would get ${sizes}`);
    }
    const command = new InvokeCommand({
      FunctionName: functionName,
      Payload: body,
      ...(tenant === undefined ? {} : { TenantId: tenant }),
    });
    const limit = AbortSignal.timeout(limitMs);
    try {
      const answer = await client.send(command, { abortSignal: limit });
      const text = Buffer.from(answer.Payload ?? []).toString();
      if (answer.FunctionError !== undefined) throw functionError(functionName, text);
      return text === "" ? undefined : JSON.parse(text);
    } catch (error) {
      throw error instanceof InvokeError ? error : callError(functionName, error, limit.aborted, limitMs);
    }
  };
}

/** The error that the function, or Lambda for it, reports: `{"errorType", "errorMessage"}`. */
function functionError(functionName: string, text: string): InvokeError {
  const { errorType = "", errorMessage = "" } = parse(text);
  const code = errorType === "Function.ResponseSizeTooLarge" ? "too-large" : "failed";
  return new InvokeError(code, errorType || "Unhandled", `${functionName} failed: ${errorType} ${errorMessage}`.trim());
}

function parse(text: string): { errorType?: string; errorMessage?: string } {
  try {
    return JSON.parse(text) as { errorType?: string; errorMessage?: string };
  } catch {
    return { errorMessage: text };
  }
}

function callError(functionName: string, error: unknown, isLate: boolean, limitMs: number): InvokeError {
  const type = error instanceof Error ? error.name : "unknown";
  if (isLate) {
    return new InvokeError("timed-out", type, `${functionName} gave no result within ${limitMs} ms`, error);
  }
  const status = error instanceof LambdaServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 413) return new InvokeError("too-large", type, `${functionName} was sent too much`, error);
  const code = status === 429 ? "throttled" : "unavailable";
  return new InvokeError(code, type, `${functionName} cannot be called (${type})`, error);
}
