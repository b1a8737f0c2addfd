import { openAsBlob } from "node:fs";
import { Problem } from "../../programs/problem.ts";

const LIMIT_MS = 60_000;

/** A simple client of the API: plain HTTP and JSON. */
export class Client {
  readonly #url: string;
  readonly #key: string | undefined;

  /** @param key key of an account, for calls that need one */
  constructor(url: string, key?: string) {
    this.#url = url;
    this.#key = key;
  }

  async select(testcase: string): Promise<string> {
    const { testid } = (await this.#call("POST", `testcases/${testcase}/select`)) as { testid: string };
    return testid;
  }

  /** What the service says of how a test case is simulated, beside that it can be selected; empty if that is nothing. */
  async remark(testcase: string): Promise<string> {
    const answer = (await this.#call("POST", `testcases/${testcase}/select`)) as { testid: string; remark?: string };
    await this.stop(answer.testid);
    return answer.remark ?? "";
  }

  /** Uploads an FMU as a test case that all callers may select. Needs the key of a privileged account. */
  async upload(testcase: string, file: string): Promise<void> {
    const form = (await this.#call("GET", `testcases/${testcase}/post-form`)) as {
      url: string;
      fields: Record<string, string>;
    };
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append("file", await openAsBlob(file), `${testcase}.fmu`);
    const response = await fetch(form.url, { method: "POST", body, signal: AbortSignal.timeout(LIMIT_MS) });
    if (!response.ok) throw new Problem(`The upload was answered ${response.status}: ${await response.text()}`);
  }

  /** A call whose answer has a payload. @returns the payload */
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
      headers: {
        ...(this.#key === undefined ? {} : { authorization: this.#key }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Problem(`${method} /${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}
