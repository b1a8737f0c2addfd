/** The details of a refusal, beside its message. */
interface Details {
  readonly status?: number;
  readonly reasons?: readonly string[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** Every error of this client. The message is the service's own, if the service sent one. */
export class BoptestError extends Error {
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** Every reason why an uploaded test case was refused; empty otherwise. */
  readonly reasons: readonly string[];
  /** The time after which the service asks to try again, s. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, { status, reasons = [], retryAfterSeconds, cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.status = status;
    this.reasons = reasons;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** 400, 405, 413, 431: bad input, or a call beyond a limit. Nothing has changed. */
export class BadInput extends BoptestError {}
/** The test is unknown: it was stopped, or ended because it was idle. */
export class UnknownTest extends BoptestError {}
/** 401, 403: the key is missing, belongs to another account, or lacks the right. */
export class NotAllowed extends BoptestError {}
/** 404: an unknown test case, checkpoint, request or path. */
export class NotFound extends BoptestError {}
/** 409, 422: the test is still Queued, a name is taken, or a key was used for another request. */
export class Conflict extends BoptestError {}
/** 410: the answer is no longer kept. The test's time tells whether the call took effect. */
export class AnswerGone extends BoptestError {}
/** 429: a limit is reached, and still is after all retries. */
export class TooMuch extends BoptestError {}
/** 500: the simulation failed, and the test has not changed; or the service failed. */
export class Failed extends BoptestError {}
/** 502, 503, 504: the service is not available, and still is not after all retries. */
export class Unavailable extends BoptestError {}
/** No answer: the network failed, or the time limit was over. */
export class Unreachable extends BoptestError {}

const CLASSES: Readonly<Record<number, typeof BoptestError>> = {
  401: NotAllowed,
  403: NotAllowed,
  404: NotFound,
  409: Conflict,
  410: AnswerGone,
  422: Conflict,
  429: TooMuch,
  500: Failed,
  502: Unavailable,
  503: Unavailable,
  504: Unavailable,
};

/** The error of an answer: of a test, of another route, of the gateway, or of a proxy in front of it. */
export function errorOf(status: number, text: string, retryAfterSeconds: number | undefined): BoptestError {
  const body = readObject(text);
  const [unknownTest] = Array.isArray(body.errors) ? body.errors : [];
  const said = body.detail ?? body.message ?? unknownTest?.msg;
  const message =
    typeof said === "string" && said !== "" ? said : `The service answered ${status}: ${text.slice(0, 200)}`;
  const reasons = Array.isArray(body.reasons) ? body.reasons.map(String) : [];
  const details = { status, reasons, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  const Class = unknownTest === undefined ? (CLASSES[status] ?? (status < 500 ? BadInput : Failed)) : UnknownTest;
  return new Class(message, details);
}

function readObject(text: string): Record<string, unknown> & { errors?: { msg?: string }[] } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
