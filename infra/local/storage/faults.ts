import { createHash, randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { CUT, type Cut } from "../http/cut.ts";
import type { App } from "./fauxqs.ts";
import { identify, type StorageCall } from "./operations.ts";

export interface StorageAnswer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

type Verdict = StorageAnswer | Cut | undefined;

/** Faults that tests inject. An undefined verdict lets the request continue. */
export interface Faults {
  /** `lost`: every sent message is acknowledged and dropped; `failing`: no message can be sent. */
  sends?: "lost" | "failing" | undefined;
  /** Before the request takes effect: a returned answer replaces the request. */
  before?: ((call: StorageCall) => Verdict | Promise<Verdict>) | undefined;
  /** Whether an object's PUT arrives twice. The sender gets the second answer. */
  isDoubled?: ((call: StorageCall) => boolean) | undefined;
  /** After the request took effect: a returned answer replaces the true one. */
  after?: ((call: StorageCall, status: number) => Verdict | Promise<Verdict>) | undefined;
}

/** The hooks call back: without a fault they take no turn of the event loop, in which Fastify would answer a second time. */
export function installFaults(app: App, faults: Faults): void {
  app.addHook("preHandler", (request, reply, done) => {
    if (request.headers[FIRST] !== undefined) {
      answered.add(request);
      done();
      return;
    }
    if (!(faults.sends ?? faults.before ?? faults.isDoubled)) {
      done();
      return;
    }
    replace(request, reply, faults).then((isReplaced) => {
      if (!isReplaced) done();
    }, done);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    // While the first answer waits here, Fastify sends an empty one after it, because fauxqs' handlers do not return their answers.
    if (held.has(request)) return;
    const call = faults.after && !answered.has(request) ? identify(request) : undefined;
    if (call === undefined) {
      done(null, payload);
      return;
    }
    held.add(request);
    change(call, request, reply, payload, faults).then((changed) => done(null, changed), done);
  });
}

/** @returns whether the request was answered or cut, instead of taking effect */
async function replace(request: FastifyRequest, reply: FastifyReply, faults: Faults): Promise<boolean> {
  const call = identify(request);
  const verdict = call && (sendVerdict(call, faults.sends) ?? (await faults.before?.(call)));
  if (verdict === undefined) {
    if (call?.operation === "PutObject" && faults.isDoubled?.(call)) await deliverFirst(request.server, request);
    return false;
  }
  if (verdict === CUT) {
    reply.hijack();
    request.raw.socket.destroy();
    return true;
  }
  // `onSend` runs for this answer, too, and must not change it.
  answered.add(request);
  void reply
    .code(verdict.status)
    .headers(verdict.headers ?? {})
    .send(verdict.body);
  return true;
}

/** @returns the payload to send */
async function change(
  call: StorageCall,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  faults: Faults,
): Promise<unknown> {
  const verdict = await faults.after?.(call, reply.statusCode);
  if (verdict === undefined) return payload;
  if (verdict === CUT) {
    request.raw.socket.destroy();
    return payload;
  }
  reply.removeHeader("content-length");
  reply.code(verdict.status).headers(verdict.headers ?? {});
  return verdict.body;
}

/** Marks the first of two deliveries: it has no faults, and its answer is dropped. */
const FIRST = "x-first-of-two";

async function deliverFirst(
  app: FastifyRequest["server"],
  { method, url, headers, body }: FastifyRequest,
): Promise<void> {
  if (!Buffer.isBuffer(body)) throw new Error(`the body of ${method} ${url} is no buffer`);
  const { "transfer-encoding": _, ...others } = headers;
  await app.inject({ method: "PUT", url, headers: { ...others, [FIRST]: "" }, payload: body });
}

const answered = new WeakSet<object>();
const held = new WeakSet<object>();

/** An error in S3's words. */
export function s3Error(status: number, code: string, message = code): StorageAnswer {
  return {
    status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`,
  };
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** An error in SQS' words. */
export function sqsError(status: number, code: string): StorageAnswer {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: code }),
  };
}

function sendVerdict(call: StorageCall, sends: Faults["sends"]): Verdict {
  if (sends === undefined || !call.operation.startsWith("SendMessage")) return undefined;
  return sends === "failing" ? sqsError(500, "InternalFailure") : pretendSent(call);
}

/** The answer to one or several messages that are not sent. */
function pretendSent({ operation, parameters = {} }: StorageCall): StorageAnswer {
  const sent = (body: unknown) => ({
    MessageId: randomUUID(),
    MD5OfMessageBody: createHash("md5").update(String(body)).digest("hex"),
  });
  const entries = Array.isArray(parameters.Entries) ? parameters.Entries : [];
  const answer =
    operation === "SendMessage"
      ? sent(parameters.MessageBody)
      : { Successful: entries.map(({ Id, MessageBody }) => ({ Id, ...sent(MessageBody) })), Failed: [] };
  return { status: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body: JSON.stringify(answer) };
}
