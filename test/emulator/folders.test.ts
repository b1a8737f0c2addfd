import { fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeScratch } from "../../functions/emulator/confinement/scratch.ts";
import type { EmulatorReply } from "../../functions/emulator/protocol.ts";
import { ask, EmulatorFixture, initializeAt } from "./support/service.ts";

const HANDLER = fileURLToPath(new URL("./support/handler-process.ts", import.meta.url));

let fixture: EmulatorFixture;
let folder: string;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
  folder = mkdtempSync(join(tmpdir(), "boptest-folders-"));
});
afterAll(async () => {
  await fixture.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** An instance of the function that has a model alive. */
async function startInstance() {
  const env = { ...process.env, TMPDIR: folder };
  const child = fork(HANDLER, [], { env, execArgv: ["--disable-warning=ExperimentalWarning"] });
  const answered = once(child, "message");
  child.send(initializeAt(await fixture.serve("cs"), 0));
  expect(((await answered)[0] as EmulatorReply).ok).toBe(true);
  return child;
}

test("an instance that is killed leaves no files, once there is another, and its models end", async () => {
  const first = await startInstance();
  const [left] = readdirSync(folder);
  expect(left).toMatch(new RegExp(`^boptest-emulator-${first.pid}-`));
  // Of somebody else's.
  mkdirSync(join(folder, "boptest-emulator-other"));
  const second = await startInstance();
  expect(existsSync(join(folder, left ?? ""))).toBe(true);
  expect(commandLines().filter((line) => line.includes(left ?? "")).length).toBe(1);
  const gone = once(first, "exit");
  first.kill("SIGKILL");
  await gone;
  await expect.poll(() => commandLines().filter((line) => line.includes(left ?? ""))).toEqual([]);
  const third = await startInstance();
  await expect.poll(() => existsSync(join(folder, left ?? ""))).toBe(false);
  expect(readdirSync(folder).length).toBe(3);
  for (const child of [second, third]) child.kill("SIGKILL");
});

test("a service that is closed leaves no files, though its process goes on; and it may be followed by another", async () => {
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`boptest-emulator-${process.pid}-`));
  for (let i = 0; i < 2; i++) {
    const service = fixture.instance();
    await ask(service, initializeAt(await fixture.serve("cs"), 0));
    expect(left()).toHaveLength(1);
    await service.close();
    expect(left()).toEqual([]);
  }
});

test("what a killed instance has left is removed, even paths that are too long and folders that nobody may read", async () => {
  const ended = fork(HANDLER, [], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const exit = once(ended, "exit");
  ended.kill("SIGKILL");
  await exit;
  const left = join(folder, `boptest-emulator-${ended.pid}-left`);
  const deep = (top: string) => join(top, ...Array.from({ length: 15 }, () => "d".repeat(200)));
  const [one, other] = [join(folder, "one"), join(left, "model-x")];
  for (const top of [one, other]) mkdirSync(deep(top), { recursive: true });
  // Together longer than any path may be.
  renameSync(one, join(deep(other), "one"));
  chmodSync(join(other, "d".repeat(200)), 0);
  const instance = await startInstance();
  try {
    await expect.poll(() => existsSync(left), { timeout: 10_000 }).toBe(false);
  } finally {
    instance.kill("SIGKILL");
    await removeScratch(left);
  }
});

/** The command lines of all processes. */
function commandLines(): string[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      return [readFileSync(`/proc/${entry}/cmdline`, "utf8")];
    } catch {
      return []; // it has ended
    }
  });
}
