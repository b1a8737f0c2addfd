import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { partsOfRead, SENT_AS_THEY_ARE } from "../../functions/platform/reads.ts";

describe("reading commands", () => {
  it.each([
    [["HGET", "hash", "field"], { keys: ["hash"], args: ["HGET", "field"] }],
    [["hget", "hash", "field"], { keys: ["hash"], args: ["hget", "field"] }],
    [["SMEMBERS", "set"], { keys: ["set"], args: ["SMEMBERS"] }],
    [["LRANGE", "list", 0, -1], { keys: ["list"], args: ["LRANGE", "0", "-1"] }],
    [["MGET", "one", "two"], { keys: ["one", "two"], args: ["MGET"] }],
  ] as const)("%j has its keys told from its arguments", (command, parts) => {
    expect(partsOfRead([...command])).toEqual(parts);
  });

  it("are all that the functions use: another command is known to be none", () => {
    const names = globSync("functions/**/*.ts").flatMap((file) => {
      const text = readFileSync(file, "utf8");
      return [...text.matchAll(/\[\s*"([A-Z]+)"(?=,\s*(?:parts\.)?keys\.|\s*\]\)|,\s*key,)/g)].map(
        ([, name = ""]) => name,
      );
    });
    expect(new Set(names).size).toBeGreaterThan(20);
    const unknown = names.filter((name) => partsOfRead([name, "key"]) === undefined && !SENT_AS_THEY_ARE.has(name));
    expect(unknown).toEqual([]);
  });
});
