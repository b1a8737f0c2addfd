import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { checkAnswer } from "./contract.ts";

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent form-encoded. */
  readonly form?: string | Record<string, string> | readonly (readonly [string, string])[];
  /** Sent as it is; set `content-type` yourself. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a 303 is followed, as ordinary clients do; `manual` shows it. */
  readonly redirect?: "follow" | "manual";
}

export interface CallAnswer<Payload = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, parsed; undefined where it is no JSON. */
  readonly json: unknown;
  /** Of BOPTEST's envelope; undefined where the body is none. */
  readonly message: string | undefined;
  readonly payload: Payload;
}

/** The service as a BOPTEST client sees it: plain HTTP. */
export interface Client {
  /** `path` begins with a slash, or is a whole URL. */
  call<Payload = unknown>(method: string, path: string, options?: CallOptions): Promise<CallAnswer<Payload>>;
  /** Selects a test case, and waits until its test is Running. */
  selectTest(testcase?: string, headers?: Readonly<Record<string, string>>): Promise<string>;
}

export function clientOf(cloud: () => Pick<Cloud, "url">): Client {
  const call: Client["call"] = async <Payload>(method: string, path: string, options: CallOptions = {}) => {
    const { body, contentType } = encode(options);
    const response = await fetch(new URL(path, cloud().url), {
      method,
      redirect: options.redirect ?? "follow",
      headers: { ...(contentType === undefined ? {} : { "content-type": contentType }), ...options.headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    // Every answer of the service, in every test that calls it so, is held against its own description.
    const last = new URL(response.url);
    if (last.origin === new URL(cloud().url).origin && !last.pathname.startsWith("/s3/")) {
      const lastMethod = response.redirected && method !== "HEAD" ? "GET" : method;
      checkAnswer(lastMethod, last.pathname, { status: response.status, headers: response.headers, text });
    }
    const json = parse(text);
    const envelope = (typeof json === "object" && json !== null ? json : {}) as { message?: string; payload?: unknown };
    return {
      status: response.status,
      headers: response.headers,
      text,
      json,
      message: envelope.message,
      payload: envelope.payload as Payload,
    };
  };
  return {
    call,
    selectTest: async (testcase = "testcase1", headers = {}) => {
      const { status, json, text } = await call("POST", `/testcases/${testcase}/select`, { headers });
      if (status !== 200) throw new Error(`select ${testcase}: ${status} ${text}`);
      return (json as { testid: string }).testid;
    },
  };
}

function encode({ body, form, raw }: CallOptions): {
  body?: string | Uint8Array<ArrayBuffer>;
  contentType?: string;
} {
  if (raw !== undefined) return { body: raw };
  if (form !== undefined) {
    const pairs = typeof form === "string" || Array.isArray(form) ? form : Object.entries(form);
    const params = new URLSearchParams(pairs as string | [string, string][]);
    return { body: params.toString(), contentType: "application/x-www-form-urlencoded" };
  }
  return body === undefined ? {} : { body: JSON.stringify(body), contentType: "application/json" };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
