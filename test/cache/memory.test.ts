import { describe, expect, it } from "vitest";
import { Memory } from "../../functions/cache/memory.ts";

const bytes = (size: number) => new Uint8Array(size).fill(7);

describe("a process's memory", () => {
  it("holds no more than it may, and lets go of what was used longest ago", () => {
    const memory = new Memory(100);
    for (const key of ["a", "b", "c", "d"]) memory.set(key, bytes(25));
    memory.get("a");
    memory.set("e", bytes(25));
    expect(["a", "b", "c", "d", "e"].filter((key) => memory.get(key) !== undefined)).toEqual(["a", "c", "d", "e"]);
    expect([memory.objects, memory.bytes]).toEqual([4, 100]);
  });

  it("does not give up most of what it has for one large object", () => {
    const memory = new Memory(100);
    memory.set("a", bytes(10));
    memory.set("large", bytes(26));
    expect(memory.get("large")).toBeUndefined();
    expect(memory.bytes).toBe(10);
  });

  it("counts an object once, and keeps what was given, not what becomes of it", () => {
    const memory = new Memory(100);
    const given = bytes(10);
    memory.set("a", given);
    memory.set("a", given);
    given.fill(0);
    expect([memory.objects, memory.bytes, memory.get("a")]).toEqual([1, 10, bytes(10)]);
    memory.delete("a");
    memory.delete("a");
    expect([memory.objects, memory.bytes]).toEqual([0, 0]);
  });
});
