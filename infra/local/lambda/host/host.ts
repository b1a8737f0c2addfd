import { FUNCTIONS, type FunctionName } from "../../../bundle.ts";
import type { Outcome, Running } from "./instance.ts";
import { type Aim, Pool, type PoolOptions } from "./pool.ts";

export interface Busy {
  function: FunctionName;
  pid: number;
  running: Running[];
}

export interface Used {
  invocations: number;
  ms: number;
}

/** Runs the functions, each in its own processes. Tests may kill and pause these processes. */
export class Host {
  readonly #pools: ReadonlyMap<FunctionName, Pool>;
  readonly #usage = Object.fromEntries(FUNCTIONS.map((name) => [name, { invocations: 0, ms: 0 }])) as Record<
    FunctionName,
    Used
  >;

  constructor(functions: Record<FunctionName, PoolOptions>) {
    this.#pools = new Map(FUNCTIONS.map((name) => [name, new Pool(functions[name])]));
  }

  async invoke(name: FunctionName, event: unknown, aim: Aim = {}): Promise<Outcome> {
    const startedAt = performance.now();
    const outcome = await this.#pool(name).invoke(event, aim);
    const used = this.#usage[name];
    used.invocations += 1;
    used.ms += performance.now() - startedAt;
    return outcome;
  }

  /** Number of invocations that have ended, and their total time. */
  usage(): Record<FunctionName, Used> {
    return structuredClone(this.#usage);
  }

  /** How many more events this function can handle now. */
  free(name: FunctionName): number {
    return this.#pool(name).free;
  }

  /** Starts processes before they are needed; all of them, unless a number is given. */
  async warm(name: FunctionName, count?: number): Promise<void> {
    await this.#pool(name).warm(count);
  }

  pids(name?: FunctionName): number[] {
    return [...this.#pools].filter(([each]) => name === undefined || each === name).flatMap(([, pool]) => pool.pids());
  }

  /** Processes that handle events, with these events. */
  busy(name?: FunctionName): Busy[] {
    return [...this.#pools]
      .filter(([each]) => name === undefined || each === name)
      .flatMap(([each, pool]) => pool.busy().map((busy) => ({ function: each, ...busy })));
  }

  /** SIGKILL; returns when the process has ended. Its invocations are lost. */
  async kill(pid: number): Promise<void> {
    await this.#find(pid).end();
  }

  /** SIGSTOP: the process pauses, while its leases and time limits expire. */
  pause(pid: number): void {
    this.#find(pid).signal("SIGSTOP");
  }

  resume(pid: number): void {
    this.#find(pid).signal("SIGCONT");
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop()));
  }

  #pool(name: FunctionName): Pool {
    const pool = this.#pools.get(name);
    if (pool === undefined) throw new Error(`No function ${name}`);
    return pool;
  }

  #find(pid: number) {
    for (const pool of this.#pools.values()) {
      const instance = pool.find(pid);
      if (instance) return instance;
    }
    throw new Error(`No process ${pid}`);
  }
}
