import { beforeEach, expect, it, vi } from "vitest";
import { makeNoteConfinement } from "../../../functions/emulator-client/confinement.ts";
import { keys } from "../../../functions/platform/keys.ts";
import { logWithMetrics } from "../../../functions/platform/metrics.ts";
import { FakeFunction } from "../../support/fake-model.ts";
import { testcase1, usePackageTests } from "../package-tests.ts";

const tests = usePackageTests();
const noted = async () => {
  const value = await tests.stack().fixture.redis.command(["GET", keys.confinement()]);
  return JSON.parse(String(value)) as Record<string, unknown>;
};

/** What has been counted under this name since the last time. */
function counted(): unknown {
  let line = "{}";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    line = String(text);
    return true;
  });
  logWithMetrics("counted", {}, "boptest/test");
  vi.restoreAllMocks();
  return (JSON.parse(line) as Record<string, unknown>).Unconfined;
}
beforeEach(() => void counted());

it("models that are confined in full are noted, and not counted", async () => {
  tests.model = new FakeFunction(testcase1, 0);
  await tests.advanced(await tests.started());
  expect(await noted()).toEqual({ files: true, calls: true, user: true, at: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(counted()).toBeUndefined();
});

it("models that are not are noted as they are, and every call of one is counted", async () => {
  tests.model = new FakeFunction(testcase1, 0);
  tests.model.confinement = { files: false, calls: true, user: true };
  const testid = await tests.started();
  const calls = Number(counted());
  expect(calls).toBeGreaterThan(0);
  expect(await noted()).toMatchObject({ files: false, calls: true, user: true });
  await tests.advanced(testid);
  expect(counted()).toBe(1);
});

it("what does not change is noted once an hour", async () => {
  const { redis } = tests.stack().fixture;
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  const note = makeNoteConfinement(redis, () => nowMs);
  const confined = { files: true, calls: true, user: true };
  const at = async () => (await noted()).at;
  await note(confined);
  nowMs += 3_599_000;
  await note(confined);
  expect(await at()).toBe("2026-01-01T00:00:00.000Z");
  await note({ ...confined, files: false });
  expect(await noted()).toMatchObject({ files: false, at: "2026-01-01T00:59:59.000Z" });
  nowMs += 3_600_000;
  await note({ ...confined, files: false });
  expect(await at()).toBe("2026-01-01T01:59:59.000Z");
});
