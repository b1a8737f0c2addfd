import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTemplate } from "../../infra/local/stack/template.ts";
import { synthesize } from "../../infra/synthesize.ts";
import { runProgram } from "./toy/program.ts";

const folder = mkdtempSync(join(tmpdir(), "boptest-cdk-out-"));

afterAll(() => rmSync(folder, { recursive: true }));

describe("synthesizing for the local cloud", () => {
  beforeAll(async () => {
    // In processes of their own, as tests that start clouds are.
    const ran = [1, 2, 3].map(() => runProgram("test/infra/toy/program-that-synthesizes.ts", [folder]));
    for (const { code, stderr } of await Promise.all(ran)) expect(stderr + code).toBe("0");
  });

  it("is done once for all who ask at the same time, and leaves nothing half-made", () => {
    const names = readdirSync(folder);
    expect(names).toEqual(
      expect.arrayContaining(["boptest-dev.template.json", "boptest-dev.sources", "manifest.json"]),
    );
    expect(names.filter((name) => name.startsWith("making-"))).toEqual([]);
    const bundles = Object.values(readTemplate(join(folder, "boptest-dev.template.json")).functions);
    for (const { bundle } of bundles) expect(statSync(bundle).size).toBeGreaterThan(10_000);
  });

  it("is not done again as long as no source has changed", async () => {
    const template = await synthesize(folder);
    const { mtimeMs } = statSync(template);
    await synthesize(folder);
    expect(statSync(template).mtimeMs).toBe(mtimeMs);
  });

  it("is done again once one has, and forgets bundles that have been old for long", async () => {
    const stamp = join(folder, "boptest-dev.sources");
    const fresh = readFileSync(stamp, "utf8");
    writeFileSync(stamp, "of other sources");
    const old = join(folder, "asset.of-old");
    writeFileSync(old, "");
    utimesSync(old, 0, 0);
    const template = await synthesize(folder);
    expect(statSync(template).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    expect(readFileSync(stamp, "utf8")).toHaveLength(fresh.length);
    expect(readdirSync(folder)).not.toContain("asset.of-old");
  });
});
