import { request as call, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { HOST } from "../http/ports.ts";
import { type HttpResponse, message } from "./response.ts";

/** Under which path of the API's own address the bucket is reached. */
const PREFIX = "/s3";

/** Where S3 is, and the one bucket of it that is shown. */
export interface BehindApiGateway {
  readonly port: number;
  readonly bucket: string;
}

/** Names of headers that are of one connection, or that would mean something else to the server behind. */
const NOT_PASSED_ON = ["connection", "keep-alive", "host", "authorization", "x-amz-target", "expect", "upgrade"];

/**
 * Makes the addresses of S3 in an answer, which are good on this machine only, addresses below the one that the client used:
 * a machine elsewhere, or at the other end of a forwarded port, reaches no other. They are in `Location`, in the body of a
 * 303, and in upload forms.
 */
export function throughOneAddress(
  answer: HttpResponse,
  path: string,
  host: string,
  { port, bucket }: BehindApiGateway,
): HttpResponse {
  const isForm = answer.status === 200 && /\/post-form\/?$/.test(path);
  if (answer.status !== 303 && !isForm) return answer;
  const inner = `http://${HOST}:${port}/${bucket}`;
  const outer = `http://${host}${PREFIX}/${bucket}`;
  const { "content-encoding": encoding, location, ...headers } = answer.headers;
  const text = (encoding === "gzip" ? gunzipSync(answer.body) : answer.body).toString();
  const moved = (each: string) => each.replaceAll(inner, outer);
  return {
    status: answer.status,
    headers: { ...headers, ...(location === undefined ? {} : { location: moved(String(location)) }) },
    body: Buffer.from(moved(text)),
  };
}

/** The path of S3 that a path of the API's address stands for; undefined if it stands for none. */
export function storagePath(url: string, bucket: string): string | undefined {
  const path = url.startsWith(`${PREFIX}/${bucket}`) ? url.slice(PREFIX.length) : undefined;
  return path !== undefined && /^[/?]?$/.test(path.charAt(bucket.length + 1)) ? path : undefined;
}

/**
 * Passes a request on to S3, under the host that its signature is of, and the answer back, both as they stream by. What may
 * be done there, the signature says. A key of the API's is none of S3's business.
 */
export function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { port }: BehindApiGateway,
): void {
  const passed = Object.entries(request.headers).filter(([name]) => !NOT_PASSED_ON.includes(name));
  const headers = { ...Object.fromEntries(passed), host: `${HOST}:${port}` };
  const outgoing = call({ host: HOST, port, path, method: request.method ?? "GET", headers }, (incoming) => {
    const { connection: _connection, "keep-alive": _keepAlive, ...others } = incoming.headers;
    response.writeHead(incoming.statusCode ?? 502, others);
    incoming.pipe(response);
    incoming.once("error", () => response.destroy());
  });
  outgoing.once("error", () => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, headers: own, body } = message(503, "Service Unavailable");
    response.writeHead(status, own).end(body);
  });
  // A client that goes away leaves nothing under way.
  response.once("close", () => outgoing.destroy());
  request.pipe(outgoing);
}
