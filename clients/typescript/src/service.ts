import { Test } from "./test.ts";
import { type Place, TestCase } from "./testcase.ts";
import { type ClientOptions, Transport } from "./transport.ts";
import type { Health, ListedTestCase, Version } from "./types.ts";

/** One message of a batch. */
export interface Message {
  readonly testid: string;
  /** BOPTEST's name of the method, such as `advance` or `get_kpis`. */
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** What the answer of an `advance` is to have besides. */
  readonly with?: readonly unknown[];
}

/** The answer of one message. */
export interface MessageAnswer {
  readonly status: number;
  readonly message: string;
  readonly payload: unknown;
  readonly with?: Readonly<Record<string, unknown>>;
  /** Of a large answer: where to GET it. */
  readonly url?: string;
}

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

  /**
   * Sends up to 256 messages to any tests in one call. One that is refused is refused alone: its answer has its status.
   * @returns the answers, in the order of the messages
   */
  async batch(messages: readonly Message[]): Promise<MessageAnswer[]> {
    const body = messages.map((message, index) => ({ requestid: String(index + 1), params: {}, ...message }));
    const answers = await this.#transport.json<{ responsedata: MessageAnswer }[]>({
      method: "POST",
      path: "/batch",
      body,
      changes: true,
    });
    return answers.map(({ responsedata }) => responsedata);
  }

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
