import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FrameReader, REPORT_LIMITS, type Report } from "../../functions/emulator/frames.ts";
import { encodeInitialize, encodeLoad, encodeSimulate } from "../../functions/emulator/orders.ts";
import { unpack } from "../../functions/emulator/unpack.ts";
import { buildFmu, type FmuName } from "../fmus/build.ts";
import { compileWith } from "./support/compile.ts";
import { hour } from "./support/service.ts";

const HOST = fileURLToPath(new URL("../../infra/native/host", import.meta.url));

let program: string;
let folder: string;
beforeAll(() => {
  const sources = readdirSync(HOST).filter((name) => name.endsWith(".c") && name !== "files.c");
  program = compileWith("no-landlock.c", ...sources);
  folder = mkdtempSync(join(tmpdir(), "boptest-no-landlock-"));
});
afterAll(() => {
  for (const each of [dirname(program), folder]) rmSync(each, { recursive: true, force: true });
});

/** What the host says of two minutes of a model, where the kernel has no Landlock; and the files that the model has made in its folder. */
async function run(name: FmuName): Promise<{ readonly reports: readonly Report[]; readonly made: readonly string[] }> {
  const [files, scratch] = [join(folder, `${name}-files`), join(folder, `${name}-scratch`)];
  for (const each of [files, scratch]) mkdirSync(each);
  const { file, model } = await buildFmu(name);
  await unpack(file, files, AbortSignal.timeout(30_000));
  const child = spawn(program, [files, scratch, String(2 ** 29)], {
    env: {},
    cwd: scratch,
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  const nothing = { samples: false, capture: null };
  const inputs = model.inputs.map(() => 0);
  const orders = child.stdio[3] as Writable;
  const library = join(files, "binaries/linux64", `${model.identifier}.so`);
  orders.write(encodeLoad(model, { library, resources: join(files, "resources") }));
  orders.write(encodeInitialize(0, nothing, false));
  orders.end(encodeSimulate({ grid: hour(0), inputs, from: 0, to: 4, restedAt: null }, nothing, 60_000));
  const reader = new FrameReader(REPORT_LIMITS);
  const reports: Report[] = [];
  for await (const piece of child.stdio[4] as Readable)
    reports.push(...reader.add(piece as Buffer).map(({ head }) => head));
  await closed;
  return { reports, made: readdirSync(scratch) };
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
