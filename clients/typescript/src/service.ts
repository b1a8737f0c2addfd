import { Test } from "./test.ts";
import { type Place, TestCase } from "./testcase.ts";
import { type ClientOptions, Transport } from "./transport.ts";
import type { Health, ListedTestCase, Version } from "./types.ts";

/** A service at an address. */
export class Service {
  readonly #transport: Transport;

  constructor(url: string, options: ClientOptions = {}) {
    this.#transport = new Transport(url, options);
  }

  /** The version of the contract, and of the service if it has one. */
  version = () => this.#transport.payload<Version>({ method: "GET", path: "/version" });

  /** Whether Redis and S3 answer, and after how many milliseconds. */
  health = () => this.#transport.json<Health>({ method: "GET", path: "/healthz", accepts: 503 });

  /** The API's description: OpenAPI 3.1 as YAML. */
  description = () => this.#transport.text({ method: "GET", path: "/openapi.yaml" });

  /** The shared test cases, or those of a namespace, or a user's private ones. */
  async testcases(place: Place = {}): Promise<ListedTestCase[]> {
    return await this.#transport.json({
      method: "GET",
      path: new TestCase(this.#transport, "", place).path.slice(0, -1),
    });
  }

  /** A test case by its name, without a call. */
  testcase = (name: string, place: Place = {}) => new TestCase(this.#transport, name, place);

  /** Selects a test case, and waits until its test runs. */
  select = (testcase: string, place: Place = {}) => this.testcase(testcase, place).select();

  /** A test that was selected before. */
  test = (id: string) => new Test(this.#transport, id);

  /** The ids of a user's tests. */
  userTests = (user: string) =>
    this.#transport.json<string[]>({ method: "GET", path: `/users/${encodeURIComponent(user)}/tests` });

  /** Stops all tests of a user, and returns their number. */
  async stopUserTests(user: string): Promise<number> {
    const call = { method: "DELETE", path: `/users/${encodeURIComponent(user)}/tests` };
    for (let total = 0; ; ) {
      const { stopped, left } = await this.#transport.json<{ stopped: number; left: number }>(call);
      total += stopped;
      if (left === 0) return total;
    }
  }
}
