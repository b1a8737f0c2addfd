import { describe, expect, it } from "vitest";
import { stopTest } from "../../functions/lifecycle/create-and-stop/stop.ts";
import { keys } from "../../functions/platform/keys.ts";
import { lookup } from "../../functions/streams/wait.ts";
import { end, fixture, marked, mustPut, mustTake, put, testid, useProtocolTest } from "../support/protocol-test.ts";

useProtocolTest();

describe("stop", () => {
  it("answers who waits, makes a running commit fail, and leaves nothing but the answers", async () => {
    const computing = await mustPut("advance");
    const waiting = await mustPut("advance");
    await put("set_step", { key: "k" });
    const work = await mustTake("a");
    expect(await stopTest(fixture.redis, testid)).toBe("stopped");
    expect(await end(work, '"late"', { fields: { state: "late" }, chunks: ["late"] })).toEqual({ kind: "lost" });
    for (const id of [computing, waiting]) {
      expect(await lookup(fixture.redis, testid, id)).toMatchObject({ kind: "answered", answer: { status: 400 } });
    }
    expect(await fixture.redis.command(["KEYS", `*${testid}*`])).toEqual([keys.response(testid)]);
    expect(await fixture.redis.command(["PTTL", keys.response(testid)])).toBeLessThanOrEqual(60_000);
    expect(await fixture.redis.command(["SISMEMBER", keys.userTests("john"), testid])).toBe(0);
    expect(await fixture.redis.command(["ZSCORE", keys.active(testid), testid])).toBeNull();
    expect(await marked()).toBe(false);
    expect(await put("advance")).toEqual({ kind: "unknown" });
  });

  it("leaves the lineage of the test's segments, and puts it on the garbage if nobody else is in it", async () => {
    const lineages = [`${testid}.own`, `${testid}.shared`];
    for (const [i, lineage] of lineages.entries()) {
      if (i === 1) await fixture.redis.command(["SADD", keys.lineage(lineage), "a fork"]);
      await mustPut("initialize");
      const fields = { lineage };
      const leaves = lineages[i - 1];
      const move = leaves === undefined ? { joins: lineage } : { joins: lineage, leaves };
      await end(await mustTake("a"), '"1"', { fields, results: "restart", segments: ["ref"], ...move });
    }
    await stopTest(fixture.redis, testid);
    expect(await fixture.redis.command(["SMEMBERS", keys.lineage(lineages[1] ?? "")])).toEqual(["a fork"]);
    const garbage = await fixture.redis.command(["SMISMEMBER", keys.garbage(), ...lineages]);
    expect(garbage).toEqual([1, 0]);
  });

  it("puts the lineage on the garbage when it is the last to leave", async () => {
    const lineage = `${testid}.1`;
    await mustPut("advance");
    const fields = { lineage };
    await end(await mustTake("a"), '"1"', { fields, segments: ["ref"], joins: lineage });
    await stopTest(fixture.redis, testid);
    expect(await fixture.redis.command(["EXISTS", keys.lineage(lineage)])).toBe(0);
    expect(await fixture.redis.command(["SISMEMBER", keys.garbage(), lineage])).toBe(1);
  });

  it("is done once, and again only for who sends the same Idempotency-Key", async () => {
    expect(await stopTest(fixture.redis, testid, { idempotencyKey: "once" })).toBe("stopped");
    expect(await stopTest(fixture.redis, testid, { idempotencyKey: "once" })).toBe("stopped");
    expect(await stopTest(fixture.redis, testid, { idempotencyKey: "other" })).toBe("unknown");
    expect(await stopTest(fixture.redis, testid)).toBe("unknown");
  });

  it("spares a test that is not idle any more", async () => {
    await mustPut("advance");
    expect(await stopTest(fixture.redis, testid, { idleRevision: "1" })).toBe("busy");
    await end(await mustTake("a"), '"1"');
    expect(await stopTest(fixture.redis, testid, { idleRevision: "1" })).toBe("busy");
    expect(await stopTest(fixture.redis, testid, { idleRevision: "2" })).toBe("stopped");
  });
});
