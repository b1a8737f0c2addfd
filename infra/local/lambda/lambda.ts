import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readBody, TooLarge } from "../http/body.ts";
import { CUT, type Cut } from "../http/cut.ts";
import { close, HOST, listen } from "../http/ports.ts";
import type { Outcome } from "./host/instance.ts";
import { MAX_PAYLOAD_BYTES } from "./host/protocol.ts";

export interface LambdaAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A call of one function by another. */
export interface LambdaCall {
  function: string;
  tenant: string | undefined;
  payload: unknown;
  /** Runs the function, and returns its answer. May be called more than once, or never. */
  forward: () => Promise<LambdaAnswer>;
}

/** Receives each call, and determines its answer. */
export type LambdaIntercept = (call: LambdaCall) => Promise<LambdaAnswer | Cut>;

export interface LambdaOptions {
  /** The functions that can be called, and whether they isolate tenants. */
  functions: ReadonlyMap<string, { readonly tenants: boolean }>;
  invoke: (name: string, payload: unknown, tenant: string | undefined) => Promise<Outcome>;
  /** 0: any free port. */
  port?: number;
}

const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/;
const TENANT = /^[a-zA-Z0-9._:/=+\-@ ]{1,256}$/;

/** The one operation of Lambda's API that the functions use: `Invoke` with a wait for the result. AWS checks permissions, this does not. */
export class Lambda {
  /** Set by tests, at any time. */
  intercept: LambdaIntercept | undefined;
  readonly #options: LambdaOptions;
  readonly #server: Server;
  #port = 0;

  private constructor(options: LambdaOptions) {
    this.#options = options;
    // A model may compute for a long time before there is an answer.
    this.#server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
      // Never rejects: every error is an answer.
      void this.#serve(request, response);
    });
  }

  static async start(options: LambdaOptions): Promise<Lambda> {
    const lambda = new Lambda(options);
    lambda.#port = await listen(lambda.#server, options.port ?? 0, "--lambda-port");
    return lambda;
  }

  get endpoint(): string {
    return `http://${HOST}:${this.#port}`;
  }

  async stop(): Promise<void> {
    await close(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request).catch((error: unknown) =>
      error instanceof TooLarge
        ? failure(413, "RequestTooLargeException", `Request must be smaller than ${MAX_PAYLOAD_BYTES} bytes`)
        : failure(500, "ServiceException", String(error)),
    );
    if (answer === CUT) {
      request.socket.destroy();
      return;
    }
    const { status, headers, body } = answer;
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
  }

  async #answer(request: IncomingMessage): Promise<LambdaAnswer | Cut> {
    const { method, url = "", headers } = request;
    const body = await readBody(request, MAX_PAYLOAD_BYTES);
    const [, encoded] = PATH.exec(url) ?? [];
    const name = decodeURIComponent(encoded ?? "");
    const known = this.#options.functions.get(name);
    if (method !== "POST" || encoded === undefined || known === undefined) {
      return failure(404, "ResourceNotFoundException", `Function not found: ${name || url}`);
    }
    const type = headers["x-amz-invocation-type"] ?? "RequestResponse";
    if (type !== "RequestResponse") return invalid(`Unknown invocation type ${type}`);
    const tenant = headers["x-amz-tenant-id"]?.toString();
    if (known.tenants !== (tenant !== undefined)) {
      return invalid(known.tenants ? "Add a valid tenant ID in your request" : "The function has no tenants");
    }
    if (tenant !== undefined && !TENANT.test(tenant))
      return invalid("The tenant ID has characters that are not allowed");
    const payload = parse(body.toString());
    if (payload === undefined) return failure(400, "InvalidRequestContentException", "Could not parse request body");
    const forward = async () => toAnswer(await this.#options.invoke(name, payload.value, tenant));
    return this.intercept
      ? await this.intercept({ function: name, tenant, payload: payload.value, forward })
      : await forward();
  }
}

/** Lambda's answer for an invocation's outcome. */
function toAnswer(outcome: Outcome): LambdaAnswer {
  if (outcome.kind === "result") return answer(outcome.payload ?? "null", {});
  const lost = (reason: string) => ({
    errorType: /timed out/.test(reason) ? "Sandbox.Timedout" : "Runtime.ExitError",
    errorMessage: `Error: ${reason}`,
  });
  const error = outcome.kind === "error" ? outcome.error : lost(outcome.reason);
  return answer(JSON.stringify(error), { "x-amz-function-error": "Unhandled" });
}

function answer(body: string, headers: Record<string, string>): LambdaAnswer {
  const common = {
    "content-type": "application/json",
    "x-amzn-requestid": randomUUID(),
    "x-amz-executed-version": "$LATEST",
  };
  return { status: 200, headers: { ...common, ...headers }, body };
}

const invalid = (message: string) => failure(400, "InvalidParameterValueException", message);

/** An error in Lambda's words. */
export function failure(status: number, type: string, message = type): LambdaAnswer {
  const headers = { "content-type": "application/json", "x-amzn-errortype": type, "x-amzn-requestid": randomUUID() };
  return { status, headers, body: JSON.stringify({ Type: status < 500 ? "User" : "Service", Message: message }) };
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: text === "" ? {} : JSON.parse(text) };
  } catch {
    return undefined;
  }
}
