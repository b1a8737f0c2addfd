import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";

/** S3's answer, whole. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** A request without its signature, in the SDK's own terms. */
type Request = Parameters<S3Client["config"]["requestHandler"]["handle"]>[0];
type Signer = Awaited<ReturnType<S3Client["config"]["signer"]>>;

interface Prepared {
  readonly signer: Signer;
  /** The request for an object, up to the object's key. */
  readonly template: Request;
}

/** Pause after an attempt that failed on the way or in S3, ms at most: that before the SDK's own first retry. */
const PAUSE_MS = 100;
/** Any key. The rest of the request's path is what stands before every key. */
const PROBE = "probe";

/**
 * Single requests for objects, without the SDK's middleware, which takes several times the processor time of all else of
 * a small request. Endpoint, credentials, clock, connections and time limits are the client's. One attempt, no judgement:
 * whoever gets no answer, or one that was not expected, has the SDK make the request with its retries and its errors.
 */
export class Direct {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #limitMs: number;
  #prepared: Promise<Prepared> | undefined;

  /** @param limitMs time limit for an answer's body */
  constructor(client: S3Client, bucket: string, limitMs: number) {
    this.#client = client;
    this.#bucket = bucket;
    this.#limitMs = limitMs;
  }

  /** @returns undefined if there was no answer */
  async send(
    method: "GET" | "PUT",
    key: string,
    headers: Readonly<Record<string, string>> = {},
    body?: Uint8Array,
  ): Promise<Answer | undefined> {
    const answer = await this.#attempt(method, key, headers, body).catch(() => undefined);
    if (answer === undefined || answer.status >= 500) await sleep(PAUSE_MS * Math.random());
    return answer;
  }

  async #attempt(
    method: string,
    key: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | undefined,
  ): Promise<Answer> {
    const { config } = this.#client;
    this.#prepared ??= prepare(this.#client, this.#bucket);
    const { signer, template } = await this.#prepared.catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    const path = template.path + key.split("/").map(encode).join("/");
    const request = { ...template, method, path, headers: { ...template.headers, ...headers }, body } as Request;
    const signingDate = new Date(Date.now() + config.systemClockOffset);
    const signed = (await signer.sign(request, { signingDate })) as Request;
    const { response } = await config.requestHandler.handle(signed);
    return { status: response.statusCode, body: await collect(response.body as IncomingMessage, this.#limitMs) };
  }
}

/** Has the SDK build a request, and takes it before it is signed: what the SDK makes of endpoint and bucket is its own affair. */
async function prepare(client: S3Client, bucket: string): Promise<Prepared> {
  const stack = client.middlewareStack.clone();
  let taken: Request | undefined;
  const take = () => async (args: { request: Request }) => {
    taken = args.request;
    return { response: {}, output: { $metadata: {} } };
  };
  stack.add(take as never, { step: "finalizeRequest", priority: "high" });
  const command = new GetObjectCommand({ Bucket: bucket, Key: PROBE });
  await command.resolveMiddleware(stack, client.config, {})(command);
  if (taken === undefined) throw new Error("The SDK has built no request");
  const { path, headers, ...rest } = taken as Request;
  const { host = "", "user-agent": agent = "" } = headers;
  const template = { ...rest, query: {}, path: path.slice(0, -PROBE.length), headers: { host, "user-agent": agent } };
  return { signer: await client.config.signer(), template: template as Request };
}

/** The whole body. @throws Error if it does not arrive in time, or not to its end */
export function collect(body: IncomingMessage, limitMs: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      body.destroy(new Error(`The object did not arrive within ${limitMs} ms`));
    }, limitMs);
    body.on("data", (chunk: Buffer) => chunks.push(chunk));
    body.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    body.once("error", reject);
    body.once("close", () => {
      clearTimeout(timer);
      if (!body.readableEnded) reject(new Error("The object's connection was closed"));
    });
  });
}

/** As S3 wants a part of a key in a path: all but letters, digits and `-_.~` is encoded. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
