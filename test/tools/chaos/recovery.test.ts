import { expect, it } from "vitest";
import { recovery } from "./recovery.ts";

it("tells which request nobody has answered in time, and which call", async () => {
  const underWay = new Map<unknown, string>([
    ["request 1", "one"],
    [{}, "two"],
  ]);
  expect((await recovery(async () => underWay, 50)).late).toEqual(["one", "two"]);
});

it("waits for what is under way in the beginning, and for nothing that comes later", async () => {
  let asked = 0;
  const { recoveryMs, late } = await recovery(async () => {
    asked++;
    return new Map(asked < 4 ? [["first", "first"]] : [["second", "second"]]);
  }, 10_000);
  expect(late).toEqual([]);
  expect(asked).toBe(4);
  expect(recoveryMs).toBeLessThan(10_000);
});
