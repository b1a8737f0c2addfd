import { existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../functions/emulator/frames.ts";
import { encodeInitialize, encodeSimulate } from "../../functions/emulator/orders.ts";
import { buildFmu, type FmuName } from "../fmus/build.ts";
import { compileWith } from "./support/compile.ts";
import { runHost } from "./support/host.ts";
import { hour } from "./support/service.ts";

const HOST = fileURLToPath(new URL("../../infra/native/host", import.meta.url));

let program: string;
beforeAll(() => {
  const sources = readdirSync(HOST).filter((name) => name.endsWith(".c") && name !== "files.c");
  program = compileWith("no-landlock.c", ...sources);
});
afterAll(() => rmSync(dirname(program), { recursive: true, force: true }));

/** What the host says of two minutes of a model, where the kernel has no Landlock; and the files that the model has made in its folder. */
async function run(name: FmuName): Promise<{ readonly reports: readonly Report[]; readonly made: readonly string[] }> {
  const fmu = await buildFmu(name);
  const nothing = { samples: false, capture: null };
  const inputs = fmu.model.inputs.map(() => 0);
  const { frames, made } = await runHost(program, fmu, [
    encodeInitialize(0, nothing, false),
    encodeSimulate({ grid: hour(0), inputs, from: 0, to: 4, restedAt: null }, nothing, 60_000),
  ]);
  return { reports: frames.map(({ head }) => head), made };
}

test("where there is no Landlock, a model writes no files, neither outside of its folder nor in it, and is run", async () => {
  const outside = [`${tmpdir()}/outside.txt`, "/outside.txt", "/tmp/fmu-outside.txt", "/etc/fmu-outside.txt"];
  for (const file of outside) rmSync(file, { force: true });
  const { reports } = await run("write");
  expect(reports[0]).toMatchObject({ kind: "loaded", confinement: { files: false, calls: true } });
  const lines = reports.flatMap((report) => (report.kind === "log" ? [report.line] : []));
  const attempts = lines.filter((line) => line.includes("[write]"));
  expect(attempts.length).toBeGreaterThan(0);
  expect(attempts.filter((line) => !line.endsWith(": refused"))).toEqual([]);
  expect(reports.at(-1)).toMatchObject({ kind: "done", reached: 4 });
  expect(outside.filter((file) => existsSync(file))).toEqual([]);

  const { reports: littering, made } = await run("litter");
  expect(littering.at(-1)).toMatchObject({ kind: "done", reached: 4 });
  expect(made).toEqual([]);
});
