import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request as sendHttp } from "node:http";
import { request as sendHttps, Agent as TlsAgent } from "node:https";
import { errors } from "@upstash/redis";

/** What @upstash/redis asks for: a command, or several under the path `pipeline`. */
interface RestRequest {
  readonly path?: string[];
  readonly body?: unknown;
}

/** An idle connection is not used again after this time, ms: servers close theirs, and a frozen process does not notice. */
const IDLE_MS = 4_000;

/**
 * Upstash's REST protocol over Node's own HTTP client: https://upstash.com/docs/redis/features/restapi. `fetch`, which
 * @upstash/redis uses by itself, takes three times the processor time for a small request. Each request is sent once, and
 * has a time limit. The sync token of each answer goes with the next request: a process sees what it wrote itself.
 */
export class RestTransport {
  readonly readYourWrites = true;
  upstashSyncToken = "";
  readonly #url: URL;
  readonly #timeoutMs: number;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;
  #usedMs = 0;

  constructor({ url, token, timeoutMs }: { url: string; token: string; timeoutMs: number }) {
    this.#url = new URL(url);
    this.#timeoutMs = timeoutMs;
    const kept = { keepAlive: true, timeout: IDLE_MS };
    this.#agent = this.#url.protocol === "https:" ? new TlsAgent(kept) : new Agent(kept);
    this.#headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  }

  /** @throws errors.UpstashError with the text of Redis' refusal; Error if there was no answer, or none in JSON */
  async request<Result>({ path = [], body }: RestRequest): Promise<{ result?: Result; error?: string }> {
    const text = JSON.stringify(body);
    const answer = await this.#send([this.#url.pathname.replace(/\/$/, ""), ...path].join("/") || "/", text);
    const read = parse(answer.text);
    if (answer.status < 200 || answer.status > 299) {
      throw new errors.UpstashError(`${(read as { error?: string } | null)?.error}, command was: ${text}`);
    }
    this.upstashSyncToken = answer.syncToken;
    return read as { result?: Result; error?: string };
  }

  #send(path: string, body: string): Promise<{ status: number; text: string; syncToken: string }> {
    this.#leaveOldConnections();
    const headers = {
      ...this.#headers,
      "content-length": Buffer.byteLength(body),
      "upstash-sync-token": this.upstashSyncToken,
    };
    const { hostname, port, protocol } = this.#url;
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    const options: RequestOptions = { host, port, path, method: "POST", agent: this.#agent, headers };
    return new Promise((resolve, reject) => {
      const request: ClientRequest = (protocol === "https:" ? sendHttps : sendHttp)(options);
      const timer = setTimeout(() => request.destroy(new Error("Redis did not answer in time")), this.#timeoutMs);
      const fail = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      request.once("error", fail);
      request.once("response", (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", fail);
        response.once("end", () => {
          clearTimeout(timer);
          this.#usedMs = Date.now();
          const { statusCode = 0, headers } = response;
          const text = (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString();
          resolve({ status: statusCode, text, syncToken: [headers["upstash-sync-token"] ?? ""].flat().join() });
        });
      });
      request.end(body);
    });
  }

  /** The agent's own timers may be late by the time for which the process was frozen. */
  #leaveOldConnections(): void {
    if (Date.now() - this.#usedMs < IDLE_MS) return;
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new errors.UpstashJSONParseError(text, { cause });
  }
}
