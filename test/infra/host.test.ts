import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Cloud } from "../../infra/local/cloud/cloud.ts";
import { until } from "../support/cloud.ts";
import { redisOf } from "./toy/client.ts";
import { startToyCloud, toyWiring } from "./toy/cloud.ts";
import { nextCall } from "./toy/next-call.ts";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startToyCloud({ workers: 3, wiring: await toyWiring(4000) });
});

afterAll(async () => {
  await cloud.stop();
});

afterEach(async () => {
  cloud.redisRest.intercept = undefined;
  cloud.doorbells.restore();
  cloud.doorbells.release();
  await until("the queue is empty", () => {
    const { visible, inFlight } = cloud.doorbells.depth();
    return visible + inFlight === 0 ? true : undefined;
  });
  await redisOf(cloud).flushall();
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(cloud.url + path);
  return { status: response.status, body: await response.json() };
}

/** Tells the worker what to do, through the queue. */
async function ring(task: { id: string; do?: string; once?: boolean }): Promise<void> {
  await cloud.doorbells.ring(JSON.stringify(task));
}

async function done(): Promise<string[]> {
  return await redisOf(cloud).lrange("done", 0, -1);
}

async function deliveries(id: string): Promise<number | null> {
  return await redisOf(cloud).get(`deliveries:${id}`);
}

describe("a function behind HTTP", () => {
  it("works on many requests at once in one process", async () => {
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 40 }, () => get("/slow?ms=300")));
    const pids = new Set(answers.map(({ body }) => (body as { pid: number }).pid));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(pids.size).toBeLessThanOrEqual(2);
    // One after the other it would be 12 s.
    expect(performance.now() - startedAt).toBeLessThan(6000);
  });

  it("gives a request to the process used last, of those with as little to do", async () => {
    await cloud.host.warm("api", 2);
    const begun = nextCall(cloud, "INCR", "slow");
    const long = get("/slow?ms=300");
    await begun;
    const pidOf = async (answer: ReturnType<typeof get>) => ((await answer).body as { pid: number }).pid;
    // The other process has nothing to do.
    const other = await pidOf(get("/slow?ms=1"));
    expect(await pidOf(long)).not.toBe(other);
    for (let i = 0; i < 3; i++) expect(await pidOf(get("/slow?ms=1"))).toBe(other);
  });

  it("gives what is about one test to the process that worked on it last, unless that has much more to do", async () => {
    await cloud.host.warm("api", 2);
    const call = async (ms: number, subject?: string) => {
      const event = { routeKey: "GET /slow", rawPath: "/slow", queryStringParameters: { ms: String(ms) } };
      const outcome = await cloud.host.invoke("api", event, { subject });
      if (outcome.kind !== "result") throw new Error(outcome.kind);
      return (JSON.parse(outcome.payload ?? "") as { pid: number }).pid;
    };
    const pid = await call(1, "a");
    let long = call(500, "a");
    expect(await call(1)).not.toBe(pid);
    expect(await call(1, "a")).toBe(pid);
    expect(await long).toBe(pid);
    const many = Array.from({ length: 9 }, () => call(500, "a"));
    const other = await call(1, "a");
    expect(other).not.toBe(pid);
    expect(new Set(await Promise.all(many))).toEqual(new Set([pid]));
    // And stays there.
    long = call(500, "a");
    expect(await call(1, "a")).toBe(other);
    expect(await long).toBe(other);
  });

  it("answers 503 when its process is killed, and the next request finds another", async () => {
    const called = nextCall(cloud, "INCR", "slow");
    const answer = get("/slow?ms=60000");
    await called;
    const [busy] = cloud.host.busy("api");
    if (busy === undefined) throw new Error("Nobody is at work");
    await cloud.host.kill(busy.pid);
    expect(await answer).toEqual({ status: 503, body: { message: "Service Unavailable" } });
    expect((await get("/pid")).status).toBe(200);
    expect(cloud.host.pids("api")).not.toContain(busy.pid);
  });

  it("answers 503 when its time is over, even from a loop without end, and goes on in another process", async () => {
    const startedAt = performance.now();
    expect((await get("/busy")).status).toBe(503);
    expect(performance.now() - startedAt).toBeGreaterThan(3900);
    expect((await get("/pid")).status).toBe(200);
  });
});

describe("a function behind the queue", () => {
  // What processes take to start would count as time in which a message is worked on.
  beforeEach(async () => {
    await cloud.host.warm("worker");
  });

  it("is woken by a message, rather than asking again and again, and the message is deleted", async () => {
    const asked = () => cloud.storage.counts().ReceiveMessage ?? 0;
    const before = asked();
    await delay(1000);
    const called = nextCall(cloud, "INCR", "deliveries:a");
    await ring({ id: "a" });
    await called;
    // Once more for the next message; and a wait for one may just have been over.
    expect(asked() - before).toBeLessThanOrEqual(2);
    await until("it is done", async () => ((await done()).length === 1 ? true : undefined));
  });

  it("runs in as many processes as there are, one message at a time in each", async () => {
    const ids = Array.from({ length: 9 }, (_, index) => `w${index}`);
    const busy: number[] = [];
    const inEach = new Set<number>();
    cloud.redisRest.intercept = async ({ forward }) => {
      const processes = cloud.host.busy("worker");
      busy.push(processes.length);
      for (const { running } of processes) inEach.add(running.length);
      return await forward();
    };
    await Promise.all(ids.map((id) => ring({ id, do: "wait" })));
    await until("all are done", async () => ((await done()).length === 9 ? true : undefined));
    expect(Math.max(...busy)).toBe(3);
    expect([...inEach]).toEqual([1]);
    expect((await done()).sort()).toEqual(ids);
  });

  it("is given a message again when its process was killed over it", async () => {
    const called = nextCall(cloud, "INCR", "deliveries:k");
    await ring({ id: "k", do: "hang", once: true });
    await called;
    const [busy] = cloud.host.busy("worker");
    if (busy === undefined) throw new Error("Nobody is at work");
    expect(JSON.stringify(busy.running[0]?.event)).toContain('\\"id\\":\\"k\\"');
    await cloud.host.kill(busy.pid);
    await until("it is done", async () => ((await done()).includes("k") ? true : undefined));
    expect(await deliveries("k")).toBeGreaterThanOrEqual(2);
  });

  it("is given a message again when its time was over", async () => {
    const called = nextCall(cloud, "INCR", "deliveries:t");
    await ring({ id: "t", do: "hang", once: true });
    await called;
    const [hanging] = cloud.host.busy("worker");
    if (hanging === undefined) throw new Error("Nobody is at work");
    await until("it is done", async () => ((await done()).includes("t") ? true : undefined));
    expect(await deliveries("t")).toBeGreaterThanOrEqual(2);
    await until("its process is gone", () => (cloud.host.pids().includes(hanging.pid) ? undefined : true));
  });

  it.each(["throw", "refuse"])("is given a message again when it did %s it", async (what) => {
    await ring({ id: what, do: what, once: true });
    await until("it is done", async () => ((await done()).includes(what) ? true : undefined));
    expect(await deliveries(what)).toBeGreaterThanOrEqual(2);
  });

  it("gives up on a message after as many deliveries as the queue allows", async () => {
    await ring({ id: "p", do: "refuse" });
    await until("it is gone", () => {
      const { visible, inFlight } = cloud.doorbells.depth();
      return visible + inFlight === 0 ? true : undefined;
    });
    expect(await deliveries("p")).toBe(3);
    expect(cloud.storage.depth("doorbells-dead").visible).toBe(1);
  });

  it("gets nothing while messages are held", async () => {
    cloud.doorbells.hold();
    await ring({ id: "h" });
    await ring({ id: "i" });
    await until("both wait", () => (cloud.doorbells.depth().visible === 2 ? true : undefined));
    expect(await deliveries("h")).toBeNull();
    cloud.doorbells.release();
    await until("both are done", async () => ((await done()).length === 2 ? true : undefined));
    expect(await deliveries("h")).toBe(1);
  });
});

describe("a function on a schedule", () => {
  it("gets EventBridge's event", async () => {
    expect(await cloud.tick()).toEqual({ source: "aws.events", time: expect.stringMatching(/^\d{4}-.*T.*\d\dZ$/) });
    expect(await redisOf(cloud).lrange("ticks", 0, -1)).toEqual(["Scheduled Event"]);
  });
});
