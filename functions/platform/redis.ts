import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis as UpstashRedis } from "@upstash/redis";
import { partsOfRead, READ_SOURCE } from "./reads.ts";
import { RestTransport } from "./rest.ts";

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

/** One call of a pipeline: what `run` or `command` takes. */
export type Call =
  | { readonly script: Script; readonly keys: readonly string[]; readonly args: readonly (string | number)[] }
  | { readonly command: Command; readonly mayBeLate?: boolean | undefined };

/** The reply to one call of a pipeline, or why there is none. */
export type Reply = { readonly reply: unknown } | { readonly error: RedisError };

export interface PipelinedRedis extends Redis {
  /**
   * Makes many calls in one round trip. They are carried out in their order, each by itself: other clients' calls may come
   * in between, and one that fails holds up no other. Takes a second round trip for scripts that Redis does not know yet.
   *
   * @returns one reply for each call
   * @throws RedisError if nothing is known of any of them
   */
  pipeline(calls: readonly Call[]): Promise<readonly Reply[]>;
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
 * The one place that makes a Redis client. Requests go through our own transport: the client's would retry what is not
 * idempotent, wait without limit, and take three times as long.
 */
export function createRedis(options: { url: string; token: string; timeoutMs?: number }): PipelinedRedis {
  const client = new PipelineClient({ timeoutMs: 5_000, ...options });

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
    command: (command, options = {}) =>
      guarded(async () => {
        const sent = asScript({ command, ...options });
        if ("words" in sent) return await client.exec([...command]);
        return await runScript(sent.script, sent.keys, sent.args.map(String));
      }),
    pipeline: (calls) => guarded(() => runPipeline(client, calls.map(asScript))),
  };
}

/** The client with our transport, and with the one request that it has no typed method for: a pipeline of any commands. */
class PipelineClient extends UpstashRedis {
  constructor({ url, token, timeoutMs }: { url: string; token: string; timeoutMs: number }) {
    // It would pipeline by itself, and decode values by guess.
    super({ url, token, automaticDeserialization: false, enableAutoPipelining: false, enableTelemetry: false });
    this.client = new RestTransport({ url, token, timeoutMs });
  }

  async sendAll(commands: readonly (readonly string[])[]): Promise<readonly { result?: unknown; error?: string }[]> {
    const replies = await this.client.request({ path: ["pipeline"], body: commands });
    // The type is that of a single command's reply.
    return replies as unknown as readonly { result?: unknown; error?: string }[];
  }
}

/** A call as Redis is to be sent it: a script, or the words of a command. */
type Sent = Extract<Call, { script: Script }> | { readonly words: readonly string[] };

function asScript(call: Call): Sent {
  if ("script" in call) return call;
  const { command, mayBeLate = false } = call;
  const read = mayBeLate ? undefined : partsOfRead(command);
  return read === undefined ? { words: command.map(String) } : { script: readScript, ...read };
}

async function runPipeline(client: PipelineClient, sent: readonly Sent[]): Promise<readonly Reply[]> {
  const words = sent.map((each) => ("words" in each ? each.words : wordsOf(each, "EVALSHA", each.script.sha)));
  const replies = (await client.sendAll(words)).map(readReply);
  // Scripts that Redis does not know had no effect. The first use of each sends its text, and the others find it.
  const unknown = sent.flatMap((each, i) => (isUnknownScript(replies[i]) && "script" in each ? [{ each, i }] : []));
  if (unknown.length === 0) return replies;
  const known = new Set<string>();
  const again = unknown.map(({ each }) => {
    const { sha, source } = each.script;
    const isFirst = !known.has(sha);
    known.add(sha);
    return isFirst ? wordsOf(each, "EVAL", source) : wordsOf(each, "EVALSHA", sha);
  });
  const second = (await client.sendAll(again)).map(readReply);
  const merged = [...replies];
  for (const [at, { i }] of unknown.entries()) merged[i] = second[at] ?? replies[i] ?? NO_REPLY;
  return merged;
}

function wordsOf({ keys, args }: Extract<Call, { script: Script }>, name: string, script: string): string[] {
  return [name, script, String(keys.length), ...keys, ...args.map(String)];
}

const NO_REPLY: Reply = { error: new RedisError("Redis gave fewer replies than it was sent commands") };

function readReply({ result, error }: { result?: unknown; error?: string }): Reply {
  return error === undefined ? { reply: result ?? null } : { error: errorOf(error, isRefusalText(error)) };
}

function isUnknownScript(reply: Reply | undefined): boolean {
  return reply !== undefined && "error" in reply && reply.error.message.startsWith("NOSCRIPT");
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
  return error instanceof Error && error.name.startsWith("Upstash") && isRefusalText(error.message);
}

function isRefusalText(text: string): boolean {
  const message = withoutCommand(text);
  return REFUSALS.some((known) => known.test(message));
}

const withoutCommand = (text: string) => text.replace(/, command was: [\s\S]*$/, "");

/** Turns the client's errors into ours: its messages hold the whole command, payload and all. */
async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw errorOf(text, isRefusal(error));
  }
}

function errorOf(text: string, isRefused: boolean): RedisError {
  const message = withoutCommand(text).slice(0, 200);
  return isRefused ? new RedisRefused(message) : new RedisError(message);
}
