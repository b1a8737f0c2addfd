import { Problem } from "../problem.ts";

const LIMIT_MS = 60_000;

/** A client of the API as anybody would write one: plain HTTP, JSON both ways. */
export class Client {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The test's id. */
  async select(testcase: string): Promise<string> {
    const { testid } = (await this.#call("POST", `testcases/${testcase}/select`)) as { testid: string };
    return testid;
  }

  /** Any call whose answer has a payload. */
  async call<Payload>(method: "GET" | "PUT" | "POST", path: string, body?: unknown): Promise<Payload> {
    const { payload } = (await this.#call(method, path, body)) as { payload: Payload };
    return payload;
  }

  async stop(testid: string): Promise<void> {
    await this.#fetch("PUT", `stop/${testid}`);
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    return await (await this.#fetch(method, path, body)).json();
  }

  async #fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.#url}/${path}`, {
      method,
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Problem(`${method} /${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}
