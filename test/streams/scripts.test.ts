import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readLua } from "../../infra/lua.ts";

const all = globSync("functions/**/*.lua").sort();
const isIncluded = (file: string) => basename(dirname(file)) === "include";
const files = all.filter((file) => !isIncluded(file));

/** The numbers that a head's KEYS or ARGV section gives, and whether the last one is open (`4..`). */
function declared(head: string, section: "KEYS" | "ARGV"): { highest: number; open: boolean } {
  const text = new RegExp(`-- ${section}: ([\\s\\S]*?)(?=\\n-- [A-Z][A-Za-z]+: |$)`).exec(head)?.[1] ?? "";
  const numbers = [...text.matchAll(/(?:^|[\s-]|and )(\d+)(\.\.)? (?=[^\s\d(])/g)];
  const last = numbers.at(-1);
  return { highest: Number(last?.[1] ?? 0), open: last?.[2] !== undefined };
}

const used = (body: string, array: "KEYS" | "ARGV") =>
  [...body.matchAll(new RegExp(`${array}\\[(\\d+)\\]`, "g"))].map((match) => Number(match[1]));

it("finds the scripts", () => {
  expect(files.length).toBeGreaterThan(8);
});

describe.each(files)("%s", (file) => {
  const [flags = "", ...lines] = readFileSync(file, "utf8").split("\n");
  const from = lines.findIndex((line) => !line.startsWith("--"));
  const head = lines.slice(0, from).join("\n");
  // The parts that it includes are of the body.
  const body = readLua(file)
    .text.split("\n")
    .slice(from + 1)
    .join("\n");

  it("lets scripts of other tests run beside it", () => {
    expect(flags).toBe("#!lua flags=allow-key-locking");
  });

  it("says in its head what it takes and returns", () => {
    for (const section of ["KEYS", "ARGV", "Returns"]) expect(head).toContain(`-- ${section}: `);
  });

  it.each(["KEYS", "ARGV"] as const)("declares every one of its %s, and no more", (array) => {
    const { highest, open } = declared(head, array);
    const numbers = [...new Set(used(body, array))].sort((a, b) => a - b);
    const open_ = open || body.includes(`#${array}`);
    for (const number of numbers) expect(number).toBeLessThanOrEqual(highest);
    const expected = Array.from({ length: open_ ? highest - 1 : highest }, (_, i) => i + 1);
    expect(numbers.filter((number) => number <= expected.length)).toEqual(expected);
  });

  it("touches no key that was not given to it", () => {
    const literals = [...body.matchAll(/redis\.p?call\(\s*'[A-Z]+',\s*(?:'(?!GROUP|CREATE|STREAM)|")/g)];
    expect(literals.map((match) => match[0])).toEqual([]);
  });

  it("answers every outcome that its head names, and no other", () => {
    const returns = /-- Returns: ([\s\S]*)/.exec(head)?.[1] ?? "";
    const named = new Set([...returns.matchAll(/\{'(\w+)'/g)].map((match) => match[1]));
    const given = new Set([...body.matchAll(/return \{ '(\w+)'/g)].map((match) => match[1]));
    expect([...given].sort()).toEqual([...named].sort());
  });
});

describe("a part that scripts include", () => {
  it("is put in for its line, where every reader of scripts gets it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "boptest-lua-"));
    mkdirSync(join(folder, "include"));
    writeFileSync(join(folder, "include", "part.lua"), "local two = 2\n");
    writeFileSync(join(folder, "include", "deep.lua"), "-- @include part.lua\n");
    const [script, missing, nested] = ["script", "missing", "nested"].map((name) => join(folder, `${name}.lua`));
    writeFileSync(script ?? "", "-- one\n-- @include part.lua\nreturn two\n");
    writeFileSync(missing ?? "", "-- @include none.lua\n");
    writeFileSync(nested ?? "", "-- @include deep.lua\n");
    expect(readLua(script ?? "").text).toBe("-- one\nlocal two = 2\nreturn two\n");
    expect(readLua(script ?? "").files).toEqual([script, join(folder, "include", "part.lua")]);
    expect(() => readLua(missing ?? "")).toThrow("none.lua");
    expect(() => readLua(nested ?? "")).toThrow("only scripts may");
    rmSync(folder, { recursive: true });
    // As this suite imports them; the bundles have a test of their own.
    const { default: imported } = await import("../../functions/streams/renew.lua");
    expect(imported).toBe(readLua("functions/streams/renew.lua").text);
    expect(imported).not.toContain("@include");
  });

  it("is included by some script", () => {
    const included = new Set(files.flatMap((file) => readLua(file).files.slice(1)));
    expect([...included].sort()).toEqual(all.filter(isIncluded));
  });
});
