import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../infra/local/cloud/cloud.ts";
import { InvocationFailed } from "../../infra/local/lambda/invocation.ts";
import { until } from "../support/cloud.ts";
import { redisOf } from "./toy/client.ts";
import { startToyCloud } from "./toy/cloud.ts";
import { runs } from "./toy/processes.ts";
import { startProgram } from "./toy/program.ts";

const folder = mkdtempSync(join(tmpdir(), "boptest-kept-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("when it stops", () => {
  it("leaves no process and no folder behind, whatever its functions are doing", async () => {
    const cloud = await startToyCloud({ workers: 4 });
    await Promise.all([cloud.host.warm("api"), cloud.host.warm("worker")]);
    const [paused = 0] = cloud.host.pids("worker");
    cloud.host.pause(paused);
    const unanswered = expect(fetch(`${cloud.url}/busy`)).rejects.toThrow();
    await until("a function is at work", () => (cloud.host.busy("api").length > 0 ? true : undefined));
    const pids = [cloud.redis.pid, ...cloud.host.pids()];
    expect(pids).toHaveLength(7);
    expect(existsSync(cloud.dataDir)).toBe(true);
    await cloud.stop();
    await unanswered;
    expect(pids.filter(runs)).toEqual([]);
    expect(existsSync(cloud.dataDir)).toBe(false);
  });

  it("may be stopped twice", async () => {
    const cloud = await startToyCloud();
    await cloud.stop();
    await cloud.stop();
  });

  it("leaves nothing behind when its start fails", async () => {
    const cloud = await startToyCloud();
    const taken = Number(new URL(cloud.url).port);
    const before = process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
    await expect(startToyCloud({ ports: { api: taken } })).rejects.toThrow(`Port ${taken} is in use`);
    const after = process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
    expect(after).toBe(before);
    await cloud.stop();
  });
});

describe("when the process that started it ends", () => {
  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("of %s, all that belongs to it goes with it", async (signal) => {
    const program = startProgram("test/infra/toy/program-with-cloud.ts");
    const { pids, dataDir } = JSON.parse(await program.says("\n")) as { pids: number[]; dataDir: string };
    expect(pids.filter(runs)).toEqual(pids);
    program.kill(signal);
    expect((await program.ended).signal).toBe(signal);
    await until("its processes and its folder are gone", () =>
      pids.some(runs) || existsSync(dataDir) ? undefined : true,
    );
  });
});

/** What functions may have written temporarily. */
const scratchIn = (dataDir: string) => readdirSync(dataDir).filter((name) => name.startsWith("scratch"));

describe("on a folder that is kept", () => {
  it("leaves no temporary files even if it is killed", async () => {
    const dataDir = join(folder, "killed");
    const program = startProgram("test/infra/toy/program-with-cloud.ts", [dataDir]);
    await program.says("\n");
    expect(scratchIn(dataDir)).toHaveLength(1);
    program.kill("SIGKILL");
    await program.ended;
    await until("they are gone", () => (scratchIn(dataDir).length === 0 ? true : undefined));
    expect(existsSync(join(dataDir, "redis"))).toBe(true);
  });

  it("goes on where it was", async () => {
    const dataDir = join(folder, "again");
    const first = await startToyCloud({ dataDir });
    expect(scratchIn(dataDir)).toHaveLength(1);
    await redisOf(first).set("k", "v");
    first.doorbells.hold();
    await first.doorbells.ring(JSON.stringify({ id: "left" }));
    await until("it is in the queue", () => (first.doorbells.depth().visible === 1 ? true : undefined));
    await first.stop();
    expect(scratchIn(dataDir)).toEqual([]);

    // As where the machine lost its power: nobody could clear up.
    mkdirSync(join(dataDir, "scratch-old", "emulator-1"), { recursive: true });
    const second = await startToyCloud({ dataDir });
    try {
      expect(scratchIn(dataDir)).not.toContain("scratch-old");
      expect(await redisOf(second).get("k")).toBe("v");
      await until("it is done", async () => ((await redisOf(second).llen("done")) === 1 ? true : undefined));
    } finally {
      await second.stop();
    }
    expect(existsSync(join(dataDir, "redis"))).toBe(true);
  });

  it("keeps what was acknowledged when redis-server is killed in between", async () => {
    await using cloud = await startToyCloud({ appendfsync: "always" });
    await Promise.all(Array.from({ length: 50 }, (_, index) => redisOf(cloud).set(`k${index}`, index)));
    await cloud.redis.kill();
    await cloud.redis.restart();
    const client = redisOf(cloud);
    await until("the Redis REST server is back", () => client.dbsize().catch(() => undefined));
    expect(await client.dbsize()).toBe(50);
  });

  it("lets nobody else in", async () => {
    const dataDir = join(folder, "locked");
    await using _cloud = await startToyCloud({ dataDir });
    await expect(startToyCloud({ dataDir })).rejects.toThrow(`The folder ${dataDir} is in use`);
  });
});

describe("calling a function directly", () => {
  it("gives its result, or says what became of it", async () => {
    await using cloud: Cloud = await startToyCloud();
    const event = { routeKey: "GET /pid" };
    expect(await cloud.invoke("api", event)).toEqual({ pid: expect.any(Number) });
    const failure = cloud.invoke("api", { routeKey: "GET /throw" });
    await expect(failure).rejects.toThrow("api: on purpose");
    await expect(failure).rejects.toBeInstanceOf(InvocationFailed);
    await expect(failure).rejects.toMatchObject({ error: { errorType: "RangeError" } });
    // The log comes over a pipe of its own.
    await until("the log to tell", () => cloud.logs.recent("api").join("\n").includes("on purpose") || undefined);
  });

  it("fails, instead of waiting for ever, for one that cannot be loaded", async () => {
    const missing = join(folder, "missing.mjs");
    await using cloud = await startCloud({
      bundles: { api: missing, worker: missing, sweeper: missing },
      scheduleSeconds: 0,
    });
    await expect(cloud.invoke("sweeper", {})).rejects.toThrow("sweeper: the function does not start");
    expect((await fetch(`${cloud.url}/version`)).status).toBe(503);
  });
});
