import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { until, useCloud } from "../support/cloud.ts";
import { Database } from "../tools/chaos/database.ts";
import { Disturber } from "../tools/chaos/disturber.ts";
import type { Fault } from "../tools/chaos/schedule.ts";
import { SetBacks } from "../tools/chaos/set-backs.ts";

const cloud = useCloud({ workers: 1 });

const faultOf = (kind: Fault["kind"], atMs: number, forMs: number): Fault => ({ kind, atMs, forMs, part: 1, which: 0 });

function isPaused(pid: number): boolean {
  return execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("T");
}

it("lets of two faults that overlap neither end the other", async () => {
  const [pid = 0] = await until("a worker", () => {
    const pids = cloud().host.pids("worker");
    return pids.length > 0 ? pids : undefined;
  });
  const schedule = [
    faultOf("doorbells-lost", 0, 300),
    faultOf("worker-pause", 0, 300),
    faultOf("doorbells-lost", 100, 1900),
    faultOf("worker-pause", 100, 1900),
  ];
  using stack = new DisposableStack();
  const database = stack.adopt(new Database(cloud().redis.port), (each) => each.close());
  const disturber = new Disturber(cloud(), {
    seed: 1,
    schedule,
    onEvent: () => {},
    knownTests: () => [],
    setBacks: new SetBacks(),
    database,
  });
  const running = disturber.run(2000);
  await sleep(1000);
  expect([cloud().storage.faults.sends, isPaused(pid)]).toEqual(["lost", true]);
  await running;
  expect([cloud().storage.faults.sends, isPaused(pid)]).toEqual([undefined, false]);
});

it("loses doorbells from when it is told, though one is rung over that just then", async () => {
  const ringing = cloud().doorbells.ring(JSON.stringify({ testid: "10000000-0000-4000-8000-000000000000" }));
  cloud().doorbells.lose();
  await ringing;
  expect(cloud().storage.faults.sends).toBe("lost");
  cloud().doorbells.restore();
});

it("rings without need until a doorbell for each test waits, and no further", async () => {
  const { doorbells } = cloud();
  const testids = Array.from({ length: 20 }, () => randomUUID());
  using stack = new DisposableStack();
  const database = stack.adopt(new Database(cloud().redis.port), (each) => each.close());
  stack.defer(() => doorbells.release());
  doorbells.hold();
  const disturber = new Disturber(cloud(), {
    seed: 1,
    schedule: [faultOf("doorbells-doubled", 0, 2000)],
    onEvent: () => {},
    knownTests: () => testids,
    setBacks: new SetBacks(),
    database,
  });
  await disturber.run(2000);
  expect(doorbells.depth().visible).toBe(20);
});
