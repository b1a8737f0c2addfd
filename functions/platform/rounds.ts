import { type Call, type PipelinedRedis, type Redis, RedisError } from "./redis.ts";

/** A round trip begins at the latest so long after its first call was made, ms: no lease may run out meanwhile. */
const MAX_HELD_MS = 1_000;
/** About what one request to Redis may hold, bytes. Upstash takes 10 MB. */
const MAX_REQUEST_BYTES = 4_000_000;

interface Waiting {
  readonly call: Call;
  readonly task: object;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets many tasks share their round trips to Redis. Each task is written as if it were alone, with a Redis of its own. A
 * pipeline is sent as soon as every task that is under way waits for a reply: so as many tasks as there are, if each makes
 * two calls, take two round trips together.
 *
 * Calls of one task keep their order. Whether a call is made again after an error is the task's own decision.
 */
export class Rounds {
  readonly #redis: PipelinedRedis;
  /** Those under way, and those of them that have calls which are not sent yet. */
  readonly #tasks = new Set<object>();
  readonly #waiting = new Set<object>();
  #calls: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: PipelinedRedis) {
    this.#redis = redis;
  }

  /** Runs the tasks at the same time. @returns what each came to, in their order. Rejects as `Promise.all` does */
  async all<T>(tasks: readonly ((redis: Redis) => Promise<T>)[]): Promise<T[]> {
    // All of them are under way before the first one makes a call.
    const begun = tasks.map((work) => ({ work, task: {} }));
    for (const { task } of begun) this.#tasks.add(task);
    return await Promise.all(begun.map(({ work, task }) => this.#run(work, task)));
  }

  async #run<T>(work: (redis: Redis) => Promise<T>, task: object): Promise<T> {
    try {
      return await work(this.#redisOf(task));
    } finally {
      this.#tasks.delete(task);
      this.#waiting.delete(task);
      this.#sendIfAllWait();
    }
  }

  #redisOf(task: object): Redis {
    const wait = (call: Call) =>
      new Promise<unknown>((resolve, reject) => {
        this.#calls.push({ call, task, resolve, reject });
        // A task that is over may still make a call that nobody waits for.
        if (this.#tasks.has(task)) this.#waiting.add(task);
        this.#timer ??= setTimeout(() => this.#send(), MAX_HELD_MS);
        // Later, so that calls which a task makes at the same time travel together.
        queueMicrotask(() => this.#sendIfAllWait());
      });
    const run: Redis["run"] = (script, keys, args) => wait({ script, keys, args });
    const command: Redis["command"] = (words, options = {}) => wait({ command: words, ...options });
    return { run, command };
  }

  #sendIfAllWait(): void {
    if (this.#calls.length > 0 && this.#waiting.size === this.#tasks.size) this.#send();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const calls = this.#calls;
    this.#calls = [];
    this.#waiting.clear();
    for (const group of groupsOf(calls)) void this.#sendGroup(group);
  }

  async #sendGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const replies = await this.#redis.pipeline(group.map(({ call }) => call));
      for (const [i, { resolve, reject }] of group.entries()) {
        const reply = replies[i] ?? { error: new RedisError("Redis gave no reply to a call of a pipeline") };
        if ("error" in reply) reject(reply.error);
        else resolve(reply.reply);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

/** Calls in requests of a size that Redis takes. Calls of one task stay together, so that they keep their order. */
function groupsOf(calls: readonly Waiting[]): Waiting[][] {
  const ofTask = new Map<object, Waiting[]>();
  for (const call of calls) ofTask.set(call.task, [...(ofTask.get(call.task) ?? []), call]);
  const groups: Waiting[][] = [];
  let left = 0;
  for (const together of ofTask.values()) {
    const bytes = together.reduce((sum, { call }) => sum + bytesOf(call), 0);
    const last = groups.at(-1);
    if (last === undefined || bytes > left) groups.push([...together]);
    else last.push(...together);
    left = (last === undefined || bytes > left ? MAX_REQUEST_BYTES : left) - bytes;
  }
  return groups;
}

function bytesOf(call: Call): number {
  const words: readonly (string | number)[] = "script" in call ? [...call.keys, ...call.args] : call.command;
  let bytes = 50;
  for (const word of words) bytes += String(word).length + 3;
  return bytes;
}
