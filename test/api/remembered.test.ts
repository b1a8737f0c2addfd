import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ApiContext } from "../../functions/api/context.ts";
import type { HttpRequest } from "../../functions/api/http/request.ts";
import { begin } from "../../functions/api/waiting/command.ts";
import type { SentCommand } from "../../functions/api/waiting/sent-command.ts";
import { builtInCatalog } from "../../functions/emulator-client/catalog.ts";
import { secondsOfInitialize } from "../../functions/lifecycle/commands/initialize.ts";
import { createTest, selectedOf } from "../../functions/lifecycle/create-and-stop/create.ts";
import { makeExecute } from "../../functions/lifecycle/execute.ts";
import { readForecastBasis } from "../../functions/lifecycle/queries/forecast-basis.ts";
import { WORKER_FIELDS } from "../../functions/lifecycle/record/record.ts";
import { keys } from "../../functions/platform/keys.ts";
import type { Command } from "../../functions/platform/redis.ts";
import { readChunk, samplesOf } from "../../functions/results/chunk.ts";
import { readResultsIndex } from "../../functions/results/read.ts";
import { PRICE_SCENARIOS } from "../../functions/simulation/kpis/plan.ts";
import { column, concatSamples } from "../../functions/simulation/samples.ts";
import { drain } from "../../functions/streams/drain.ts";
import { KnownModels } from "../../functions/streams/known-models.ts";
import { RememberedTests } from "../../functions/streams/remembered.ts";
import { lookup } from "../../functions/streams/wait.ts";
import { builtIn } from "../simulation/support.ts";
import { bringBack, dumpOf } from "../support/dump.ts";
import { Oracle } from "../support/oracle.ts";
import { type RedisFixture, startRedis } from "../support/redis.ts";

const [IDLE_MS, LEASE_MS] = [86_400_000, 5_000];
const queue = { send: async () => {}, sendBatch: async () => 0 };

let fixture: RedisFixture;
let testid: string;
let oracle: Oracle;
beforeAll(async () => {
  fixture = await startRedis();
});
afterAll(async () => {
  await fixture.stop();
});
beforeEach(async () => {
  testid = randomUUID();
  const test = { testid, user: "john", selected: selectedOf(builtIn("testcase1")) };
  await createTest(fixture.redis, test, { nowMs: Date.now(), idleMs: IDLE_MS });
  await work();
  oracle = await Oracle.select("testcase1");
});

const redis = (...command: Command) => fixture.redis.command(command);
const field = async (name: string) => await redis("HGET", keys.test(testid), name);

/** A worker answers all that waits. */
async function work(): Promise<void> {
  const unused = new Proxy({}, { get: () => () => Promise.reject(new Error("not needed here")) });
  const ports = { redis: fixture.redis, objects: unused, cache: unused, catalog: builtInCatalog, clock: Date.now };
  const options = { leaseMs: LEASE_MS, computeMs: 60_000, idleMs: IDLE_MS, fieldNames: WORKER_FIELDS };
  await drain(fixture.redis, queue, testid, makeExecute(ports as never), options);
}

/** An api process: nothing in memory that another has, and whether it remembered the test that it was last asked for. */
class Process {
  hits = 0;
  misses = 0;
  #context: ApiContext;
  readonly #bucket: object;

  constructor(bucket: object = {}) {
    this.#bucket = bucket;
    this.#context = this.#open();
  }

  /** As if it had just begun. */
  forget(): void {
    this.#context = this.#open();
  }

  #open(): ApiContext {
    const remembered = new RememberedTests();
    const hit = remembered.hit.bind(remembered);
    const miss = remembered.miss.bind(remembered);
    remembered.hit = () => {
      this.hits++;
      hit();
    };
    remembered.miss = (...args) => {
      this.misses++;
      miss(...args);
    };
    const config = { inlineMs: 100, leaseMs: LEASE_MS, computeMs: 60_000, idleMs: IDLE_MS, maxUnanswered: 64 };
    return {
      config,
      redis: fixture.redis,
      queue,
      bucket: this.#bucket,
      catalog: builtInCatalog,
      remembered,
      models: new KnownModels(),
    } as unknown as ApiContext;
  }

  /** @returns the answer, or undefined where a worker is to give it */
  async send(command: SentCommand, isPatient = true): Promise<{ status: number; payload: unknown } | undefined> {
    const request = { params: { testid }, preferences: { async: !isPatient }, arrivalMs: Date.now() };
    const begun = await begin(request as unknown as HttpRequest, this.#context, command);
    if (!("answer" in begun)) return undefined;
    const { payload } = JSON.parse(begun.answer.body) as { payload: unknown };
    return { status: begun.answer.status, payload };
  }
}

/** Numbers from 0 to 1, the same in every run. */
function* drawn(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const initialize = (startTime: number, warmupPeriod: number): SentCommand => ({
  method: "initialize",
  params: { startTime, warmupPeriod, endTime: null },
  seconds: secondsOfInitialize({ startTime, warmupPeriod, endTime: null }),
});

const advance = (power: number): SentCommand => ({
  method: "advance",
  params: { oveAct_u: power, oveAct_activate: 1 },
});

/** @param i how many calls came before: the test begins anew while it is young */
function drawCommand(numbers: Generator<number, never>, i: number): SentCommand {
  const draw = (below: number) => Math.floor(below * numbers.next().value);
  const kind = draw(20);
  if (kind < 3) return { method: "set_step", params: { step: 60 + draw(300) } };
  if (kind === 3) {
    const electricity_price = PRICE_SCENARIOS[draw(PRICE_SCENARIOS.length)];
    return { method: "set_scenario", params: { electricity_price }, seconds: 0 };
  }
  if (kind === 4 && i < 80) return initialize(draw(9000), draw(7200));
  return advance(draw(3000));
}

describe("what api processes remember", () => {
  it("changes no answer, whichever of them is asked, and whatever they forget at whatever moment", async () => {
    const numbers = drawn(7);
    const chance = (part: number) => numbers.next().value < part;
    const processes = [new Process(), new Process(), new Process()];
    for (let i = 0; i < 200; i++) {
      const process = processes[Math.floor(numbers.next().value * processes.length)] ?? new Process();
      if (chance(0.1)) process.forget();
      // Now and then one process has all of the calls, as Lambda tends to do it.
      for (let calls = chance(0.2) ? 6 : 1; calls > 0; calls--) {
        const command = drawCommand(numbers, i);
        const expected = await oracle.carryOut(command.method, command.params as Record<string, unknown>);
        if (chance(0.15)) {
          expect(await process.send(command, false)).toBeUndefined();
          await work();
        } else expect(await process.send(command)).toEqual(expected);
      }
    }
    expect(JSON.parse(String(await field("points")))).toEqual(oracle.points);
    const { chunks } = (await readResultsIndex(fixture.redis, testid)) ?? { chunks: [] };
    expect(chunks.length).toBeGreaterThan(100);
    const samples = concatSamples(chunks.map((chunk) => samplesOf(readChunk(chunk))));
    expect([...column(samples, "TRooAir_y")]).toEqual(oracle.samples("TRooAir_y"));
    // Both happened, again and again.
    for (const { hits, misses } of processes) expect(Math.min(hits, misses)).toBeGreaterThan(10);
  });

  it("is nothing to compute from what takes long, which is a worker's", async () => {
    const process = new Process();
    await redis("HSET", keys.test(testid), "cost", 1);
    expect(await process.send({ method: "set_step", params: { step: 101 } })).toMatchObject({ status: 200 });
    expect(await process.send(advance(100))).toBeUndefined();
    await work();
    expect(await process.send(initialize(600, 60))).toMatchObject({ status: 200 });
    expect(await process.send(initialize(90_000, 90_000))).toBeUndefined();
    expect(process.misses).toBe(0);
  });

  it("is never computed into an object, also where a step records more than was expected", async () => {
    const written: unknown[] = [];
    const create = async () => {
      // Its request is in the stream, and nobody else is at the test.
      written.push([await redis("XLEN", keys.request(testid)), await redis("EXISTS", keys.lease(testid))]);
      return "ok";
    };
    const process = new Process({ create });
    await redis("HSET", keys.test(testid), "width", 0);
    await process.send({ method: "set_step", params: { step: 10 * 86_400 } });
    expect(await process.send(advance(100))).toMatchObject({ status: 200 });
    expect([written, process.hits]).toEqual([[[1, 1]], 0]);
  });

  it("is nothing that a query has added to since: the time at which a forecast's error was drawn", async () => {
    const process = new Process();
    await process.send({ method: "set_step", params: { step: 60 } });
    await redis("HSET", keys.test(testid), "scenario", JSON.stringify({ temperature_uncertainty: "low", seed: 1 }));
    const forecast = { point_names: ["TDryBul"], horizon: 3600, interval: 600 };
    expect((await readForecastBasis(fixture.redis, testid, forecast))?.uncertainty).toBeTruthy();
    const drawnAt = await field("drawn");
    expect(drawnAt).toContain("3600=0");
    const before = process.hits;
    expect(await process.send(advance(100))).toMatchObject({ status: 200 });
    expect(process.hits).toBe(before);
    // From then on it is remembered with it.
    expect(await process.send(advance(200))).toMatchObject({ status: 200 });
    expect(process.hits).toBe(before + 1);
  });

  it.each([
    { by: "workers", isPatient: false },
    { by: "another process", isPatient: true },
  ])("is of no use for a database that has lost it and counts up again, by $by", async ({ isPatient }) => {
    const [one, other] = [new Process(), new Process()];
    const both = async (process: Process, power: number) => {
      const expected = await oracle.carryOut("advance", advance(power).params as Record<string, unknown>);
      expect(await process.send(advance(power))).toEqual(expected);
    };
    await both(one, 100);
    const kept = await dumpOf({ redis: fixture.server }, testid);
    const before = oracle.copy();
    for (const power of [200, 300]) await both(one, power);
    const [[lost]] = (await redis("XREVRANGE", keys.response(testid), "+", "-", "COUNT", 1)) as [[string]];
    const revision = await field("revision");

    await bringBack({ redis: fixture.server }, testid, kept);
    oracle = before;
    // Who asks about what was lost is told so.
    expect((await lookup(fixture.redis, testid, lost)).kind).toBe("unknown");
    for (const power of [-200, -300]) {
      await oracle.advance(advance(power).params as Record<string, unknown>);
      await other.send(advance(power), isPatient);
      if (!isPatient) await work();
    }
    expect((await lookup(fixture.redis, testid, lost)).kind).toBe("gone");
    expect(await field("revision")).toBe(revision);
    // It remembers the same test, of the same revision, with another past.
    await both(one, 400);
    await both(one, 500);
    expect(JSON.parse(String(await field("points")))).toEqual(oracle.points);
    expect([one.misses, one.hits]).toEqual([1, 3]);
  });
});
