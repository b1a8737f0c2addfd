import { errorOf, Unreachable } from "./errors.ts";

export type Fetch = typeof fetch;

export interface ClientOptions {
  /** The key of an account. */
  readonly key?: string | undefined;
  /** How often a call is repeated that got no answer, or was asked to try again. */
  readonly retries?: number | undefined;
  /** The time limit of one HTTP request, ms. A waiting call makes several. */
  readonly timeoutMs?: number | undefined;
  /** Ends every call that still waits. */
  readonly signal?: AbortSignal | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: Fetch | undefined;
}

export interface Call {
  readonly method: string;
  /** Begins with a slash, or is a whole URL. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whether the call changes something: then it has an Idempotency-Key, so that it takes effect once even if repeated. */
  readonly changes?: boolean;
  /** Sent unchanged, instead of `body`. */
  readonly form?: FormData;
  /** Whether a failure is final, because another server that the service called has failed. */
  readonly once?: boolean;
  /** A status of an error whose body is an answer. */
  readonly accepts?: number;
}

/** Members of a 303's body that only this service has. */
interface SentOn {
  readonly poll?: string;
  readonly url?: string;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A failure after a longer time than this ends a wait, and does not count as a failed attempt. */
const WAITED_MS = 20_000;

/** Sends calls: waits for long ones, repeats those that are safe to repeat, and turns refusals into errors. */
export class Transport {
  readonly url: string;
  readonly #options: ClientOptions;

  constructor(url: string, options: ClientOptions = {}) {
    this.url = url.replace(/\/+$/, "");
    this.#options = options;
  }

  /** The same service, with other options. */
  with(options: ClientOptions): Transport {
    return new Transport(this.url, { ...this.#options, ...options });
  }

  /** The answer's body as text. @throws BoptestError */
  async text(call: Call): Promise<string> {
    const headers: Record<string, string> = {};
    if (this.#options.key !== undefined && call.form === undefined) headers.authorization = this.#options.key;
    if (call.body !== undefined) headers["content-type"] = "application/json";
    if (call.changes) headers["idempotency-key"] = crypto.randomUUID();
    const body = call.form ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    const init = { method: call.method, headers, ...(body === undefined ? {} : { body }) };

    for (let tried = 0; ; tried++) {
      const began = Date.now();
      const outcome = await this.#attempt(call, init);
      if ("text" in outcome) return outcome.text;
      const { error } = outcome;
      // A browser fails after 20 redirects, which are minutes of waiting: the same key continues the wait.
      if (error instanceof Unreachable && Date.now() - began > WAITED_MS) tried = 0;
      if (tried >= (this.#options.retries ?? 8) || !(await this.#mayRepeat(call, error))) throw error;
      await this.#pause(tried, error.retryAfterSeconds);
    }
  }

  async json<T>(call: Call): Promise<T> {
    const text = await this.text(call);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new Unreachable(`${this.url}${call.path} did not answer JSON: ${text.slice(0, 200)}`, { cause });
    }
  }

  /** The payload of BOPTEST's envelope. */
  async payload<T>(call: Call): Promise<T> {
    return (await this.json<{ payload: T }>(call)).payload;
  }

  async #attempt(call: Call, init: RequestInit): Promise<{ text: string } | { error: ReturnType<typeof errorOf> }> {
    try {
      const response = await this.#follow(this.#absolute(call.path), init);
      const text = await response.text();
      if (response.ok || response.status === call.accepts) return { text };
      return { error: errorOf(response.status, text, retryAfter(response)) };
    } catch (cause) {
      this.#options.signal?.throwIfAborted();
      const why = cause instanceof Error ? (cause.cause ?? cause) : cause;
      return { error: new Unreachable(`No answer from ${this.url}: ${String(why)}`, { cause }) };
    }
  }

  /** Follows the service's redirects until there is an answer. */
  async #follow(url: string, init: RequestInit): Promise<Response> {
    let response = await this.#fetch(url, { ...init, redirect: "manual" });
    // A browser hides the target of a redirect. With the same key the call can be repeated, and is redirected there.
    if (response.type === "opaqueredirect") return await this.#fetch(url, { ...init, redirect: "follow" });
    while (response.status === 303 || response.status === 202) {
      const to = response.headers.get("location");
      const told = response.status === 303 ? ((await response.json().catch(() => ({}))) as SentOn) : {};
      const next = told.poll ?? told.url ?? (to === null ? response.url : new URL(to, url).href);
      const own = new URL(next).origin === new URL(this.url).origin;
      const key = own && this.#options.key !== undefined ? { authorization: this.#options.key } : {};
      const patient = own && !next.includes("wait=") ? `${next}?wait=25` : next;
      response = await this.#fetch(patient, { headers: key, redirect: "manual" });
    }
    return response;
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const limit = AbortSignal.timeout(this.#options.timeoutMs ?? 120_000);
    const { signal } = this.#options;
    const ask = this.#options.fetch ?? fetch;
    return await ask(url, { ...init, signal: signal === undefined ? limit : AbortSignal.any([limit, signal]) });
  }

  /** Whether the call can be repeated: the failure is temporary, and the call cannot take effect twice. */
  async #mayRepeat(call: Call, error: ReturnType<typeof errorOf>): Promise<boolean> {
    const { status, retryAfterSeconds } = error;
    if (status === 429) return true;
    if (status === 409) return retryAfterSeconds !== undefined;
    if (call.once || (status !== undefined && status !== 503 && status !== 504)) return false;
    return !call.changes || (await this.#knowsKeys());
  }

  /** Whether the service supports Idempotency-Key. BOPTEST's own does not, and its version has no `service`. */
  async #knowsKeys(): Promise<boolean> {
    for (let tried = 0; tried <= (this.#options.retries ?? 8); tried++) {
      try {
        const response = await this.#fetch(`${this.url}/version`, {});
        const answer = (await response.json()) as { payload?: { service?: string } };
        if (response.ok) return answer.payload?.service !== undefined;
      } catch {
        this.#options.signal?.throwIfAborted();
      }
      await this.#pause(tried, undefined);
    }
    return false;
  }

  async #pause(tried: number, atLeastSeconds: number | undefined): Promise<void> {
    const backOff = Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
    await new Promise((resolve) => setTimeout(resolve, Math.max(backOff, (atLeastSeconds ?? 0) * 1000)));
    this.#options.signal?.throwIfAborted();
  }

  #absolute(path: string): string {
    return path.startsWith("/") ? this.url + path : path;
  }
}

/** `Retry-After` in seconds; this service gives no dates. */
function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
