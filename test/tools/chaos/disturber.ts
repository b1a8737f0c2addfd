import { setTimeout as sleep } from "node:timers/promises";
import type { FunctionName } from "../../../infra/bundle.ts";
import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import { Calls } from "./calls.ts";
import type { Database } from "./database.ts";
import { type Random, randomOf } from "./random.ts";
import type { Fault } from "./schedule.ts";
import { type SetBacks, setBack } from "./set-backs.ts";

/** An event of a run. */
export interface Event {
  readonly kind: "fault" | "violation" | "end of faults";
  readonly atMs: number;
  readonly what: string;
}

/** Applies the faults of a schedule to a cloud. */
export class Disturber {
  readonly calls: Calls;
  readonly #cloud: Cloud;
  readonly #schedule: readonly Fault[];
  readonly #onEvent: (event: Event) => void;
  readonly #knownTests: () => readonly string[];
  readonly #doorbells: Random;
  readonly #setBacks: SetBacks;
  readonly #database: Pick<Database, "revisions">;
  /** The number of current faults that lose doorbells. */
  #losing = 0;
  /** How many faults pause each process. */
  readonly #paused = new Map<number, number>();
  #redis: Promise<void> = Promise.resolve();

  constructor(
    cloud: Cloud,
    options: {
      readonly seed: number;
      readonly schedule: readonly Fault[];
      readonly onEvent: (event: Event) => void;
      /** Tests for which an additional doorbell may ring. */
      readonly knownTests: () => readonly string[];
      /** Told of each. */
      readonly setBacks: SetBacks;
      readonly database: Pick<Database, "revisions">;
    },
  ) {
    this.calls = new Calls(cloud, randomOf(options.seed, "calls"));
    this.#doorbells = randomOf(options.seed, "doorbells");
    this.#cloud = cloud;
    this.#schedule = options.schedule;
    this.#onEvent = options.onEvent;
    this.#knownTests = options.knownTests;
    this.#setBacks = options.setBacks;
    this.#database = options.database;
  }

  /** Resolves when the last fault is over and every paused or killed part is up again. */
  async run(lengthMs: number): Promise<void> {
    const startedAt = performance.now();
    const under: Promise<void>[] = [];
    for (const fault of this.#schedule) {
      await sleep(Math.max(0, startedAt + fault.atMs - performance.now()));
      under.push(this.#happen(fault, () => performance.now() - startedAt));
    }
    await sleep(Math.max(0, startedAt + lengthMs - performance.now()));
    await Promise.all(under);
    this.calls.close();
    this.#cloud.doorbells.restore();
  }

  async #happen(fault: Fault, nowMs: () => number): Promise<void> {
    const tell = (what: string) => this.#onEvent({ kind: "fault", atMs: nowMs(), what: `${fault.kind} ${what}` });
    switch (fault.kind) {
      case "worker-kill":
        return await this.#kill("worker", fault, tell);
      case "api-kill":
        return await this.#kill("api", fault, tell);
      case "emulator-kill":
        return await this.#kill("emulator", fault, tell);
      case "sweeper-kill":
        return await this.#kill("sweeper", fault, tell);
      case "worker-pause":
        return await this.#pause("worker", fault, tell);
      case "api-pause":
        return await this.#pause("api", fault, tell);
      case "redis-kill":
        // One at a time: a server that is down cannot be killed.
        this.#redis = this.#redis.then(() => this.#killRedis(fault, tell));
        return await this.#redis;
      case "redis-set-back":
        this.#redis = this.#redis.then(() => this.#setBack(fault, tell));
        return await this.#redis;
      case "doorbells-lost":
        return await this.#loseDoorbells(fault, tell);
      case "doorbells-doubled":
        return await this.#ringWithoutNeed(fault, tell);
      default:
        tell(`${Math.round(100 * fault.part)} % of calls for ${Math.round(fault.forMs)} ms`);
        this.calls.begin(fault);
        await sleep(fault.forMs);
        return this.calls.end(fault);
    }
  }

  /** Busy processes first, because there a fault has an effect. */
  #victim(name: FunctionName, { which }: Fault): number | undefined {
    const busy = this.#cloud.host.busy(name).map(({ pid }) => pid);
    const pids = busy.length > 0 ? busy : this.#cloud.host.pids(name);
    return pids[Math.floor(which * pids.length)];
  }

  async #kill(name: FunctionName, fault: Fault, tell: (what: string) => void): Promise<void> {
    const pid = this.#victim(name, fault);
    if (pid === undefined) return;
    const isBusy = this.#cloud.host.busy(name).some((busy) => busy.pid === pid);
    tell(`process ${pid}${isBusy ? ", at work" : ""}`);
    await this.#cloud.host.kill(pid).catch(() => {});
  }

  async #pause(name: FunctionName, fault: Fault, tell: (what: string) => void): Promise<void> {
    const pid = this.#victim(name, fault);
    if (pid === undefined) return;
    tell(`process ${pid} for ${Math.round(fault.forMs)} ms`);
    const others = this.#paused.get(pid) ?? 0;
    this.#paused.set(pid, others + 1);
    if (others === 0) this.#cloud.host.pause(pid);
    await sleep(fault.forMs);
    const left = (this.#paused.get(pid) ?? 1) - 1;
    this.#paused.set(pid, left);
    if (left > 0) return;
    try {
      this.#cloud.host.resume(pid);
    } catch {
      // Killed in the meantime.
    }
  }

  async #loseDoorbells(fault: Fault, tell: (what: string) => void): Promise<void> {
    tell(`for ${Math.round(fault.forMs)} ms`);
    if (this.#losing++ === 0) this.#cloud.doorbells.lose();
    await sleep(fault.forMs);
    if (--this.#losing === 0) this.#cloud.doorbells.restore();
  }

  async #killRedis(fault: Fault, tell: (what: string) => void): Promise<void> {
    tell(`down for ${Math.round(fault.forMs)} ms`);
    await this.#cloud.redis.kill();
    await sleep(fault.forMs);
    await this.#cloud.redis.restart();
  }

  /** What is written for a while is lost: the database goes back to what its file said before. */
  async #setBack(fault: Fault, tell: (what: string) => void): Promise<void> {
    tell(`by ${Math.round(fault.forMs)} ms`);
    const whatIsLost = async () => {
      await sleep(fault.forMs);
      this.#setBacks.noteReached(await this.#database.revisions(this.#knownTests()));
    };
    // S3 does not go back: what would be deleted now may be named again then.
    await this.calls.withoutDeletions(() => setBack(this.#cloud, this.#setBacks, whatIsLost));
  }

  async #ringWithoutNeed(fault: Fault, tell: (what: string) => void): Promise<void> {
    tell(`for ${Math.round(fault.forMs)} ms`);
    const endMs = performance.now() + fault.forMs;
    while (performance.now() < endMs) {
      const testids = this.#knownTests();
      const testid = testids[Math.floor(this.#doorbells.next() * testids.length)];
      // Workers that are behind would come to these when the faults are long over: one for each test may wait.
      const isBehind = this.#cloud.doorbells.depth().visible >= testids.length;
      // The queue may fail now, too; and while doorbells are lost, this one would be lost.
      if (testid !== undefined && !isBehind && this.#losing === 0)
        await this.#cloud.doorbells.ring(JSON.stringify({ testid })).catch(() => {});
      await sleep(5);
    }
  }
}
