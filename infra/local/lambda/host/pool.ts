import { randomUUID } from "node:crypto";
import { Recent } from "../../../../functions/platform/recent.ts";
import { Instance, type InstanceOptions, type Outcome, type Running } from "./instance.ts";

/** So many subjects are known, each with the process that worked on it last. */
const MAX_SUBJECTS = 100_000;
/** A process gets further events of its subjects until it has so much more to do than the least busy one. */
const [MAX_TIMES, MAX_MORE] = [2, 8];

export interface PoolOptions extends InstanceOptions {
  processes: number;
  concurrency: number;
  /** Whether a process serves only one tenant, the first one that it gets. */
  tenants: boolean;
  /** A process ends after this time without work, ms; without this option it stays. */
  idleMs?: number | undefined;
}

/** Which process an event is for. */
export interface Aim {
  /** The owner of the work, for a function that isolates tenants. */
  tenant?: string | undefined;
  /** What the event is about: the process that worked on it last gets it, if it has not much more to do than others. */
  subject?: string | undefined;
}

interface Waiting extends Aim {
  event: unknown;
  resolve: (outcome: Outcome) => void;
}

/**
 * The processes of one function. Like Lambda, the pool starts a process when an event finds all others busy. Unlike
 * Lambda, it has a limit, above which events wait. The next event replaces a process that died. If the function
 * isolates tenants, an idle process is ended to make room for another tenant.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #instances = new Set<Instance>();
  readonly #loaded = new WeakSet<Instance>();
  /** Idle processes that are being ended for another tenant. */
  readonly #ending = new Set<Instance>();
  /** The least recently used first. */
  readonly #tenants = new Map<Instance, string | undefined>();
  readonly #waiting: Waiting[] = [];
  readonly #lastOn = new Recent<Instance>(MAX_SUBJECTS, () => 1);
  #failedStarts = 0;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** How many more events the pool can handle now. */
  get free(): number {
    const { processes, concurrency } = this.#options;
    const load = [...this.#instances].reduce((sum, instance) => sum + instance.load, 0);
    return Math.max(0, processes * concurrency - load - this.#waiting.length);
  }

  /** Starts processes before they are needed, and waits until they have loaded the function. */
  async warm(count = this.#options.processes): Promise<void> {
    while (this.#usable().length < Math.min(count, this.#options.processes)) this.#start();
    await Promise.all(this.#usable().map(({ started }) => started));
  }

  async invoke(event: unknown, aim: Aim = {}): Promise<Outcome> {
    if (this.#stopped) return { kind: "lost", reason: "the cloud has stopped" };
    return await new Promise((resolve) => {
      this.#waiting.push({ event, ...aim, resolve });
      this.#dispatch();
    });
  }

  pids(): number[] {
    return [...this.#instances].map(({ pid }) => pid);
  }

  busy(): { pid: number; running: Running[] }[] {
    return [...this.#instances]
      .filter(({ load }) => load > 0)
      .map((instance) => ({ pid: instance.pid, running: instance.running() }));
  }

  find(pid: number): Instance | undefined {
    return [...this.#instances].find((instance) => instance.pid === pid);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ kind: "lost", reason: "the cloud has stopped" });
    await Promise.all([...this.#instances].map((instance) => instance.end()));
  }

  /** Gives waiting events to the least busy processes, and starts further processes if needed. */
  #dispatch(): void {
    for (let index = 0; index < this.#waiting.length; ) {
      const instance = this.#choose(this.#waiting[index]);
      if (instance === undefined && !this.#options.tenants) break;
      if (instance === undefined) index += 1;
      else for (const next of this.#waiting.splice(index, 1)) this.#begin(instance, next);
    }
    const starting = this.#usable().filter((instance) => !this.#loaded.has(instance)).length;
    // Each process that ends calls this function again.
    let wanted = Math.ceil(this.#waiting.length / this.#options.concurrency) - starting - this.#ending.size;
    while (wanted > 0 && !this.#stopped) {
      if (this.#usable().length + this.#ending.size < this.#options.processes) this.#start();
      else if (!this.#endIdle()) break;
      wanted -= 1;
    }
  }

  #begin(instance: Instance, { event, tenant, subject, resolve }: Waiting): void {
    this.#tenants.delete(instance);
    this.#tenants.set(instance, tenant);
    if (subject !== undefined) this.#lastOn.set(subject, instance);
    void instance.invoke(randomUUID(), event).then((outcome) => {
      resolve(outcome);
      this.#dispatch();
      this.#endOnceIdle(instance);
    });
  }

  /** Ends the process after its function's idle time. */
  #endOnceIdle(instance: Instance): void {
    const { idleMs } = this.#options;
    if (idleMs === undefined) return;
    const { begun } = instance;
    setTimeout(() => {
      if (instance.begun === begun && instance.load === 0 && !instance.retired) void instance.end();
    }, idleMs).unref();
  }

  /** Ends the process that was idle for longest, to make room for a waiting event of another tenant. */
  #endIdle(): boolean {
    if (!this.#options.tenants) return false;
    const idle = [...this.#tenants.keys()].find(({ retired, load }) => !retired && load === 0);
    if (idle === undefined) return false;
    this.#ending.add(idle);
    void idle.end();
    return true;
  }

  /** The process for an event: the one that knows its subject, or else the roomiest. */
  #choose({ tenant, subject }: Aim = {}): Instance | undefined {
    const roomiest = this.#roomiest(tenant);
    const { concurrency, tenants } = this.#options;
    const last = subject === undefined || tenants ? undefined : this.#lastOn.get(subject);
    if (roomiest === undefined || last === undefined || last.retired) return roomiest;
    return last.load < concurrency && last.load <= MAX_TIMES * roomiest.load + MAX_MORE ? last : roomiest;
  }

  /** The least busy process; of equals the one used last, as Lambda tends to take it. */
  #roomiest(tenant: string | undefined): Instance | undefined {
    const { concurrency, tenants } = this.#options;
    let best: Instance | undefined;
    const unused = this.#usable().filter((instance) => !this.#tenants.has(instance));
    const used = [...this.#tenants.keys()].filter(({ retired }) => !retired).reverse();
    for (const instance of [...used, ...unused]) {
      if (!this.#loaded.has(instance) || instance.load >= concurrency) continue;
      if (tenants && this.#tenants.has(instance) && this.#tenants.get(instance) !== tenant) continue;
      if (best === undefined || instance.load < best.load) best = instance;
    }
    return best;
  }

  #usable(): Instance[] {
    return [...this.#instances].filter(({ retired }) => !retired);
  }

  #start(): void {
    const instance = new Instance(this.#options);
    this.#instances.add(instance);
    void instance.started.then(() => {
      if (instance.retired) return;
      this.#loaded.add(instance);
      this.#failedStarts = 0;
      this.#dispatch();
    });
    void instance.exited.then(() => {
      this.#instances.delete(instance);
      this.#ending.delete(instance);
      this.#tenants.delete(instance);
      if (!this.#loaded.has(instance)) this.#failToStart();
      this.#dispatch();
    });
  }

  /** If the function cannot be loaded, the waiting events fail. Otherwise it would be started again and again. */
  #failToStart(): void {
    this.#failedStarts += 1;
    if (this.#failedStarts < 3) return;
    this.#failedStarts = 0;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ kind: "lost", reason: "the function does not start" });
  }
}
