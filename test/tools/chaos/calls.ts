import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import createScript from "../../../functions/lifecycle/create-and-stop/create.lua";
import createRolloutScript from "../../../functions/lifecycle/rollouts/create-rollout.lua";
import enqueueScript from "../../../functions/streams/enqueue.lua";
import { ROOT } from "../../../infra/bundle.ts";
import type { Cloud } from "../../../infra/local/cloud/cloud.ts";
import { CUT } from "../../../infra/local/http/cut.ts";
import type { Intercept, Reply, RestCall } from "../../../infra/local/redis/rest-server.ts";
import { type StorageAnswer, s3Error, sqsError } from "../../../infra/local/storage/faults.ts";
import type { StorageCall } from "../../../infra/local/storage/operations.ts";
import { readLua } from "../../../infra/lua.ts";
import type { Random } from "./random.ts";
import type { Fault, FaultKind } from "./schedule.ts";

/** Longer than a lease, shorter than a client's patience with Redis (5 s). */
const MAX_DELAY_MS = 2500;

/** Names of the scripts, by their text. */
const SCRIPTS = new Map(
  globSync("functions/**/*.lua", { cwd: ROOT }).map((file) => [readLua(join(ROOT, file)).text, basename(file, ".lua")]),
);

/** The scripts that append a request. */
const APPENDING = [enqueueScript, createScript, createRolloutScript];

/** Faults of calls to Redis, S3 and SQS: the current ones hit each call with their probability. */
export class Calls {
  readonly #cloud: Cloud;
  readonly #random: Random;
  readonly #active = new Set<Fault>();
  #sparing = 0;
  /** The number of hit calls, by kind. */
  readonly hits = new Map<FaultKind, number>();
  /** The outcomes of the scripts, those with lost answers included: `commit: done`, `claim: busy` … */
  readonly outcomes = new Map<string, number>();

  constructor(cloud: Cloud, random: Random) {
    this.#cloud = cloud;
    this.#random = random;
    cloud.redisRest.intercept = async (call) => await this.#onRedis(call);
    cloud.storage.faults.before = async (call) => await this.#beforeStorage(call);
    cloud.storage.faults.isDoubled = (call) => this.#isDoubled(call);
    cloud.storage.faults.after = async (call) => await this.#afterStorage(call);
  }

  begin(fault: Fault): void {
    this.#active.add(fault);
  }

  end(fault: Fault): void {
    this.#active.delete(fault);
  }

  /** From now on every call succeeds. */
  close(): void {
    this.#active.clear();
    this.#cloud.redisRest.intercept = undefined;
    this.#cloud.storage.faults.before = undefined;
    this.#cloud.storage.faults.isDoubled = undefined;
    this.#cloud.storage.faults.after = undefined;
  }

  /** S3 deletes nothing meanwhile. */
  async withoutDeletions(work: () => Promise<void>): Promise<void> {
    this.#sparing++;
    try {
      await work();
    } finally {
      this.#sparing--;
    }
  }

  #happens(kind: FaultKind): boolean {
    const hit = [...this.#active].some((fault) => fault.kind === kind && this.#random.chance(fault.part));
    if (hit) this.hits.set(kind, (this.hits.get(kind) ?? 0) + 1);
    return hit;
  }

  async #onRedis(call: RestCall): ReturnType<Intercept> {
    const unavailable: Reply = { status: 503, body: { error: "Service Unavailable: made to fail" } };
    if (this.#happens("redis-delay")) await sleep(this.#random.between(50, MAX_DELAY_MS));
    if (this.#happens("redis-fail-before")) return unavailable;
    let reply = await this.#forward(call);
    // HTTP itself never delivers a request twice. Clients repeat requests with a key on purpose.
    const appends = call.scripts.some((text) => text !== undefined && APPENDING.includes(text));
    if (!appends && this.#happens("redis-duplicate")) reply = await this.#forward(call);
    if (this.#happens("redis-fail-after")) return unavailable;
    if (this.#happens("redis-cut-after")) return CUT;
    return reply;
  }

  async #forward(call: RestCall): Promise<Reply> {
    const reply = await call.forward();
    // A pipeline has a reply for each of its calls.
    const replies = (Array.isArray(reply.body) ? reply.body : [reply.body]) as ({ result?: unknown } | undefined)[];
    for (const [i, text] of call.scripts.entries()) {
      const name = SCRIPTS.get(text ?? "");
      const result = replies[i]?.result;
      if (name === undefined || !Array.isArray(result)) continue;
      const outcome = `${name}: ${String(result[0])}`;
      this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    }
    return reply;
  }

  async #beforeStorage(call: StorageCall): Promise<StorageAnswer | undefined> {
    if (call.service === "s3") {
      if (this.#sparing > 0 && call.operation.startsWith("Delete")) return s3Error(500, "InternalError");
      if (this.#happens("s3-delay")) await sleep(this.#random.between(50, MAX_DELAY_MS));
      return this.#happens("s3-fail-before") ? s3Error(500, "InternalError") : undefined;
    }
    if (call.operation === "ReceiveMessage") return undefined;
    if (this.#happens("sqs-delay")) await sleep(this.#random.between(50, MAX_DELAY_MS));
    return this.#happens("sqs-fail-before") ? sqsError(500, "InternalFailure") : undefined;
  }

  /** A repeated PUT after a lost answer: the second one finds the first one's object. */
  #isDoubled({ operation }: StorageCall): boolean {
    return operation === "PutObject" && this.#happens("s3-duplicate");
  }

  async #afterStorage(call: StorageCall): Promise<StorageAnswer | typeof CUT | undefined> {
    if (call.service === "s3") {
      if (!this.#happens("s3-fail-after")) return undefined;
      return this.#random.chance(0.5) ? CUT : s3Error(500, "InternalError");
    }
    if (call.operation === "ReceiveMessage" || !this.#happens("sqs-fail-after")) return undefined;
    return sqsError(500, "InternalFailure");
  }
}
