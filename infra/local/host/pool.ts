import { randomUUID } from "node:crypto";
import { Instance, type InstanceOptions, type Outcome, type Running } from "./instance.ts";

export interface PoolOptions extends InstanceOptions {
  processes: number;
  concurrency: number;
}

interface Waiting {
  event: unknown;
  resolve: (outcome: Outcome) => void;
}

/**
 * The processes of one function. Like Lambda it starts one when an event finds all others at work; unlike Lambda there
 * is a limit, past which events wait. One that died is replaced by the next event.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #instances = new Set<Instance>();
  readonly #loaded = new WeakSet<Instance>();
  readonly #waiting: Waiting[] = [];
  #failedStarts = 0;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** How many more events could be worked on right now. */
  get free(): number {
    const { processes, concurrency } = this.#options;
    const load = [...this.#instances].reduce((sum, instance) => sum + instance.load, 0);
    return Math.max(0, processes * concurrency - load - this.#waiting.length);
  }

  /** Starts processes before they are needed, and waits until they have loaded. */
  async warm(count = this.#options.processes): Promise<void> {
    while (this.#usable().length < Math.min(count, this.#options.processes)) this.#start();
    await Promise.all(this.#usable().map(({ started }) => started));
  }

  async invoke(event: unknown): Promise<Outcome> {
    if (this.#stopped) return { kind: "lost", reason: "the cloud has stopped" };
    return await new Promise((resolve) => {
      this.#waiting.push({ event, resolve });
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

  /** Hands waiting events to processes with room, the least busy first; starts more where that is not enough. */
  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const instance = this.#roomiest();
      const next = instance && this.#waiting.shift();
      if (next === undefined || instance === undefined) break;
      void instance.invoke(randomUUID(), next.event).then((outcome) => {
        next.resolve(outcome);
        this.#dispatch();
      });
    }
    const starting = this.#usable().filter((instance) => !this.#loaded.has(instance)).length;
    let wanted = Math.ceil(this.#waiting.length / this.#options.concurrency) - starting;
    while (wanted > 0 && this.#usable().length < this.#options.processes && !this.#stopped) {
      this.#start();
      wanted -= 1;
    }
  }

  #roomiest(): Instance | undefined {
    let best: Instance | undefined;
    for (const instance of this.#usable()) {
      if (!this.#loaded.has(instance) || instance.load >= this.#options.concurrency) continue;
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
      if (!this.#loaded.has(instance)) this.#failToStart();
      this.#dispatch();
    });
  }

  /** A function that cannot even be loaded fails what waits for it, instead of being started for ever. */
  #failToStart(): void {
    this.#failedStarts += 1;
    if (this.#failedStarts < 3) return;
    this.#failedStarts = 0;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ kind: "lost", reason: "the function does not start" });
  }
}
