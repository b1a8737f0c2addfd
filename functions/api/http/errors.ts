/** A refusal that the client can understand and act upon. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What a problem says besides its detail. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.members = members;
  }
}

/** There is no test under this id. BOPTEST has a shape of its own for that. */
export class UnknownTest extends Error {
  override readonly name = "UnknownTest";
  readonly testid: string;

  constructor(testid: string) {
    super(`Invalid testid: ${testid}`);
    this.testid = testid;
  }
}
