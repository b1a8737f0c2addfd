import { request as call, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { HOST } from "../http/ports.ts";
import { type HttpResponse, message } from "./response.ts";

/** The path of the bucket below the API's address. */
const PREFIX = "/s3";

/** The address of S3, and the one bucket that clients can reach. */
export interface BehindApiGateway {
  readonly port: number;
  readonly bucket: string;
}

/** Where a 200 may hold addresses of S3: upload forms, and batches with a large answer. */
const WITH_ADDRESSES = /\/post-form\/?$|^\/batch\/?$|^\/batches\/[^/]+\/?$/;

/** Headers that belong to one connection, or that have another meaning for S3. */
const NOT_PASSED_ON = ["connection", "keep-alive", "host", "authorization", "x-amz-target", "expect", "upgrade"];

/**
 * Replaces the addresses of S3 in an answer, which are valid on this machine only, by addresses below the one that the
 * client used: clients on other machines, or behind a forwarded port, can reach no other. They are in `Location`, in the
 * body of a 303, in upload forms, and in answers of batches.
 */
export function throughOneAddress(
  answer: HttpResponse,
  path: string,
  host: string,
  { port, bucket }: BehindApiGateway,
): HttpResponse {
  if (answer.status !== 303 && !(answer.status === 200 && WITH_ADDRESSES.test(path))) return answer;
  const inner = `http://${HOST}:${port}/${bucket}`;
  const outer = `http://${host}${PREFIX}/${bucket}`;
  const { "content-encoding": encoding, location, ...headers } = answer.headers;
  const body = encoding === "gzip" ? gunzipSync(answer.body) : answer.body;
  if (location === undefined && !body.includes(inner)) return answer;
  const text = body.toString();
  const moved = (each: string) => each.replaceAll(inner, outer);
  return {
    status: answer.status,
    headers: { ...headers, ...(location === undefined ? {} : { location: moved(String(location)) }) },
    body: Buffer.from(moved(text)),
  };
}

/** The same for the text of a message over the WebSocket. */
export function textThroughOneAddress(text: Buffer, host: string, { port, bucket }: BehindApiGateway): Buffer {
  const inner = `http://${HOST}:${port}/${bucket}`;
  return text.includes(inner)
    ? Buffer.from(text.toString().replaceAll(inner, `http://${host}${PREFIX}/${bucket}`))
    : text;
}

/** The path on S3 for a path below the API's address; undefined for other paths. */
export function storagePath(url: string, bucket: string): string | undefined {
  const path = url.startsWith(`${PREFIX}/${bucket}`) ? url.slice(PREFIX.length) : undefined;
  return path !== undefined && /^[/?]?$/.test(path.charAt(bucket.length + 1)) ? path : undefined;
}

/**
 * Passes a request on to S3, with the host of its signature, and streams the answer back. The signature determines what
 * is allowed. S3 gets no key of the API.
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
  // A client that disconnects ends the request to S3.
  response.once("close", () => outgoing.destroy());
  request.pipe(outgoing);
}
