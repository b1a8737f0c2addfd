import { FUNCTIONS, type FunctionName } from "../../bundle.ts";
import type { Outcome, Running } from "./instance.ts";
import { Pool, type PoolOptions } from "./pool.ts";

export interface Busy {
  function: FunctionName;
  pid: number;
  running: Running[];
}

export interface Used {
  invocations: number;
  ms: number;
}

/** Runs the functions, each in processes of its own, which tests may kill and pause like any others. */
export class Host {
  readonly #pools: ReadonlyMap<FunctionName, Pool>;
  readonly #usage = Object.fromEntries(FUNCTIONS.map((name) => [name, { invocations: 0, ms: 0 }])) as Record<
    FunctionName,
    Used
  >;

  constructor(functions: Record<FunctionName, PoolOptions>) {
    this.#pools = new Map(FUNCTIONS.map((name) => [name, new Pool(functions[name])]));
  }

  /** @param tenant whose work it is, for a function that keeps tenants apart */
  async invoke(name: FunctionName, event: unknown, tenant?: string): Promise<Outcome> {
    const startedAt = performance.now();
    const outcome = await this.#pool(name).invoke(event, tenant);
    const used = this.#usage[name];
    used.invocations += 1;
    used.ms += performance.now() - startedAt;
    return outcome;
  }

  /** How many invocations have ended so far, and how long they took together. */
  usage(): Record<FunctionName, Used> {
    return structuredClone(this.#usage);
  }

  /** How many more events this function could work on right now. */
  free(name: FunctionName): number {
    return this.#pool(name).free;
  }

  /** Starts processes before they are needed, all of them unless told how many. */
  async warm(name: FunctionName, count?: number): Promise<void> {
    await this.#pool(name).warm(count);
  }

  pids(name?: FunctionName): number[] {
    return [...this.#pools].filter(([each]) => name === undefined || each === name).flatMap(([, pool]) => pool.pids());
  }

  /** Processes that are working on something, and on what. */
  busy(name?: FunctionName): Busy[] {
    return [...this.#pools]
      .filter(([each]) => name === undefined || each === name)
      .flatMap(([each, pool]) => pool.busy().map((busy) => ({ function: each, ...busy })));
  }

  /** SIGKILL; returns when the process is gone. What it was working on is lost. */
  async kill(pid: number): Promise<void> {
    await this.#find(pid).end();
  }

  /** SIGSTOP: it does nothing any more, while its leases and time limits run out. */
  pause(pid: number): void {
    this.#find(pid).signal("SIGSTOP");
  }

  /** SIGCONT */
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
