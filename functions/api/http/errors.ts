/** A refusal that tells the client how to correct the request. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the problem, beside its detail. */
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

/** The test id is unknown. BOPTEST answers this in a format of its own. */
export class UnknownTest extends Error {
  override readonly name = "UnknownTest";
  readonly testid: string;

  constructor(testid: string) {
    super(`Invalid testid: ${testid}`);
    this.testid = testid;
  }
}
