import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis as UpstashRedis } from "@upstash/redis";
import { partsOfRead, READ_SOURCE } from "./reads.ts";

/** A Lua script: its text and the SHA-1 by which Redis knows it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Makes a script from its text, as bundled. */
export function script(source: string): Script {
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

const readScript = script(READ_SOURCE);

/** One Redis command: its name, then its arguments. */
export type Command = readonly [string, ...(string | number)[]];

/**
 * The part of Redis that this project uses. Replies are raw: strings, integers, null and arrays of these.
 * Every call is one REST round trip with a time limit and is never retried here: whether it may be is the caller's
 * knowledge.
 */
export interface Redis {
  /** Runs a script; every key that it touches must be in `keys`. */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /**
   * Runs one command. One that reads sees every write that Redis has acknowledged, and is billed as two commands: see
   * reads.ts.
   *
   * @param options.mayBeLate a replica may answer it, which is some time behind: one command. For what is looked at again
   * anyway, or confirmed by a script before anything is done about it
   */
  command(command: Command, options?: { readonly mayBeLate?: boolean }): Promise<unknown>;
}

/** Redis did not answer, or cannot serve now. Whether the command took effect is unknown. Holds no payload. */
export class RedisError extends Error {
  override readonly name: string = "RedisError";
}

/**
 * Redis refused what it was given: a key of another type, an error in a script, a request that is too large. It would
 * the next time, see `REFUSALS`. A script may have done a part of its work.
 */
export class RedisRefused extends RedisError {
  override readonly name = "RedisRefused";
}

/**
 * The one place that makes a Redis client. The client's defaults are not ours: it would pipeline by itself, retry what
 * is not idempotent, wait without limit and decode values by guess.
 */
export function createRedis(options: { url: string; token: string; timeoutMs?: number }): Redis {
  const signal = timeLimits(options.timeoutMs ?? 5_000);
  const client = new UpstashRedis({
    url: options.url,
    token: options.token,
    automaticDeserialization: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    // All our values are JSON or base64: there is nothing that plain JSON strings could not carry.
    responseEncoding: false,
    retry: { retries: 0 },
    // Passes the sync token of the last answer on, so that a process at least sees what it wrote itself.
    readYourWrites: true,
    // A function, because a signal itself would make an aborted call resolve to null.
    signal,
  });

  async function runScript(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await client.evalsha(script.sha, [...keys], [...args]);
    } catch (error) {
      // Redis has no other sign for an unknown script than the error's text, see `isRefusal`.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return await client.eval(script.source, [...keys], [...args]);
    }
  }

  return {
    run: (script, keys, args) => guarded(() => runScript(script, keys, args.map(String))),
    command: (command, { mayBeLate = false } = {}) =>
      guarded(async () => {
        const read = mayBeLate ? undefined : partsOfRead(command);
        return read ? await runScript(readScript, read.keys, read.args) : await client.exec([...command]);
      }),
  };
}

/** Calls that begin within so many ms of each other end at the same time, if they do not end before: see below. */
const SHARED_MS = 50;

/**
 * Signals that end calls after `timeoutMs`, or a moment earlier. Every one of them comes to fire, mostly long after
 * its call was answered, and makes an error with a trace then: so calls that begin at the same time share one.
 */
function timeLimits(timeoutMs: number): () => AbortSignal {
  let shared: AbortSignal | undefined;
  let until = 0;
  return () => {
    const now = performance.now();
    if (shared === undefined || now >= until) {
      shared = AbortSignal.timeout(timeoutMs);
      until = now + Math.min(SHARED_MS, timeoutMs / 10);
    }
    return shared;
  };
}

/** Makes a call once more if Redis did not answer. For what may happen twice: reads, and what recognizes itself. */
export async function again<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof RedisError) || error instanceof RedisRefused) throw error;
    await sleep(20 + 60 * Math.random());
    return await call();
  }
}

/**
 * What Redis, Upstash and what stands before it say to what they would refuse the next time too. The client hands over
 * the text alone, which within a script may have the place of the fault before it.
 */
const REFUSALS: readonly RegExp[] = [
  // Keys: of another type, without their group, not among those that a script declares.
  /(^|: )(WRONGTYPE|NOGROUP|BUSYGROUP) /,
  /\b(undeclared|not declared|non local) key/i,
  // Sizes. Not the database's: that passes when something is removed.
  /\bmax (?!db|data).*size exceeded|exceeds maximum allowed size/i,
  // A proxy's 413 may come with any body, so it is the client that complains that it is no JSON.
  /\b(entity|payload|content|request|body) too large/i,
  // Commands and their arguments.
  /\bunknown (sub)?command|\bwrong number of arg|\bsyntax error|\bInvalid stream ID/i,
  /\bis not (an integer|a float|a valid float)/i,
  // Scripts: the `@` is before the place of a command that failed for a reason of its own.
  /\bError compiling script|\bfrom script\b|(?<!@)\buser_script:\d+:|\bLua redis lib command arguments/i,
  // A stream that can take no more.
  /\bexhausted the last possible ID/i,
];

/**
 * Whether Redis refused for what it was given. Whatever is not known to be a refusal may pass by itself: to try again in
 * vain costs some work, to give up what would have come to something costs an answer.
 */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error && error.name.startsWith("Upstash"))) return false;
  const message = withoutCommand(error.message);
  return REFUSALS.some((known) => known.test(message));
}

const withoutCommand = (text: string) => text.replace(/, command was: [\s\S]*$/, "");

/** Turns the client's errors into ours: its messages hold the whole command, payload and all. */
async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const message = withoutCommand(text).slice(0, 200);
    throw isRefusal(error) ? new RedisRefused(message) : new RedisError(message);
  }
}
