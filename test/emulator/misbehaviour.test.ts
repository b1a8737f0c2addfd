import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeSamples } from "../../functions/simulation/samples.ts";
import type { FmuName } from "../fmus/build.ts";
import { HANDLER, withHandler } from "./support/handler.ts";
import { cpuMs, modelProcesses } from "./support/processes.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt, type Served } from "./support/service.ts";

let fixture: EmulatorFixture;
let good: Served;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
  good = await fixture.serve("cs");
});
afterAll(() => fixture.stop());

/** What becomes of an hour of a model that misbehaves after a minute, in an instance where a good model is alive too. */
async function misbehave(name: FmuName, limitMs = 20_000) {
  const instance = fixture.instance();
  const bad = await fixture.serve(name);
  const neighbour = await ask(instance, initializeAt(good, 0));
  const begun = await ask(instance, initializeAt(bad, 0));
  const before = await ask(instance, advanceFrom(bad, begun.state, hour(0), { to: 1 }));
  const reply = await instance.carryOut(advanceFrom(bad, before.state, hour(0), { from: 1, limitMs }));
  const after = await ask(instance, advanceFrom(good, neighbour.state, hour(0)));
  // Who only waits makes room for who computes.
  expect(after.warm).toBe(name !== "leak");
  await instance.close();
  return reply;
}

async function fail(name: FmuName, limitMs?: number) {
  const reply = await misbehave(name, limitMs);
  if (reply.ok) throw new Error("it was to fail");
  return reply;
}

describe("stops nothing but itself, and the reply says why: a model that", () => {
  test.each([
    ["crash", "the model's process ended by SIGSEGV"],
    ["abort", "the model's process ended by SIGABRT"],
    ["exit", "the model's process ended with exit code 0"],
    ["forge", "the model wrote where it must not, and was ended"],
  ] as const)("%s", async (name, message: unknown) => {
    expect(await fail(name)).toMatchObject({ failure: "crash", message });
  });

  test("crashes, with its last words", async () => {
    expect((await fail("crash")).log).toContain("fmi2Warning [logAll]: about to crash");
  });

  test.each(["hang", "stuck"] as const)("%s", async (name) => {
    const message = "the model computed for more than 700 ms, and was ended";
    expect(await fail(name, 700)).toMatchObject({ failure: "timeout", message });
  });

  test("leaks memory without end", async () => {
    const message = "the model took more than 400 MB of memory, and was ended";
    expect(await fail("leak")).toMatchObject({ failure: "memory", message });
  });

  test("reports an error", async () => {
    const reply = await fail("error");
    expect(reply).toMatchObject({ failure: "model", message: "fmi2DoStep returned fmi2Error" });
    expect(reply.log).toContain("fmi2Error [logStatusError]: the boiler is on fire");
  });

  test("reports a fatal error", async () => {
    expect(await fail("fatal")).toMatchObject({ failure: "model", message: "fmi2DoStep returned fmi2Fatal" });
  });

  test("says that something else became of it than its own failure", async () => {
    expect(await fail("liar")).toMatchObject({ failure: "model", message: "no" });
  });

  test("discards its steps", async () => {
    const reply = await fail("discard");
    expect(reply.failure).toBe("model");
    expect(reply.message).toBe("fmi2DoStep from 60 s to 90 s returned fmi2Discard; it came to 60 s");
  });
});

test("a model that changes how is rounded changes no later call: its process computes as a fresh one", async () => {
  const bad = await fixture.serve("round");
  const [kept, fresh] = [fixture.instance(), fixture.instance()];
  const begun = await ask(kept, initializeAt(bad, 0));
  const changed = await ask(kept, advanceFrom(bad, begun.state, hour(0), { to: 3 }));
  const warm = await ask(kept, advanceFrom(bad, changed.state, hour(0), { from: 3 }));
  const restored = await ask(fresh, advanceFrom(bad, changed.state, hour(0), { from: 3 }));
  expect([warm.warm, restored.warm]).toEqual([true, false]);
  expect(encodeSamples(restored.samples)).toEqual(encodeSamples(warm.samples));
  expect(restored.state).toBe(warm.state);
});

test("a step that is pending is waited for", async () => {
  const instance = fixture.instance();
  const pending = await fixture.serve("pending");
  const [a, b] = [await ask(instance, initializeAt(pending, 0)), await ask(instance, initializeAt(good, 0))];
  const waited = await ask(instance, advanceFrom(pending, a.state, hour(0), { to: 10 }));
  const direct = await ask(instance, advanceFrom(good, b.state, hour(0), { to: 10 }));
  expect(encodeSamples(waited.samples)).toEqual(encodeSamples(direct.samples));
});

test("a model whose library is missing is not loaded, and the message names the library", async () => {
  const reply = await askInVain(fixture.instance(), initializeAt(await fixture.serve("needs"), 0));
  expect(reply.failure).toBe("load");
  expect(reply.message).toContain("libmissing.so.7");
});

test("a model that cannot do what it declares is not run", async () => {
  const reply = await askInVain(fixture.instance(), initializeAt(await fixture.serve("lies"), 0));
  expect(reply.failure).toBe("load");
  expect(reply.message).toContain("fmi2GetFMUstate");
});

test("a model that writes outside of its folder writes nothing", async () => {
  const files = [`${tmpdir()}/outside.txt`, "/outside.txt", "/tmp/fmu-outside.txt", "/etc/fmu-outside.txt"];
  for (const file of files) rmSync(file, { force: true });
  const reply = await misbehave("write");
  const attempts = reply.log.filter((line) => line.includes("[write]"));
  expect(attempts.length).toBeGreaterThan(0);
  expect(attempts.filter((line) => !line.endsWith(": refused"))).toEqual([]);
  expect(files.filter((file) => existsSync(file))).toEqual([]);
});

test("a model that prints and logs without measure is heard in part, at its end", async () => {
  const reply = await misbehave("flood", 60_000);
  expect(reply.ok).toBe(true);
  expect(reply.log.length).toBeLessThanOrEqual(101);
  expect(reply.log[0]).toMatch(/^\(\d+ lines before\)$/);
});

test("a model that signals its parent reaches nobody", async () => {
  await withHandler(async (call) => {
    const bad = await fixture.serve("kill");
    const begun = await call(initializeAt(bad, 0));
    const reply = await call(advanceFrom(bad, begun.ok ? begun.state : "", hour(0)));
    expect(reply.ok).toBe(true);
    const tries = reply.log.filter((line) => line.includes("[kill]"));
    expect(new Set(tries)).toEqual(new Set(["fmi2OK [kill]: parent: refused"]));
  });
});

test("the function's own process cannot be looked into by others of the same user", async () => {
  const child = fork(HANDLER, [], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  try {
    const answered = once(child, "message");
    child.send("dumpable");
    expect((await answered)[0]).toBe(false);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a model starts no processes and no programs", async () => {
  const reply = await misbehave("fork");
  const tries = reply.log.filter((line) => line.includes("[fork]"));
  expect(new Set(tries)).toEqual(new Set(["fmi2OK [fork]: fork: refused", "fmi2OK [fork]: exec: refused"]));
});

test("a model does not meddle with how it is scheduled, whom signals go to, or uncounted memory; and opens few files", async () => {
  const reply = await misbehave("meddle");
  const told = new Set(reply.log.filter((line) => line.includes("[meddle]")).map((line) => line.replace(/^.*?: /, "")));
  const refused = [
    ...["memfd_create", "memfd_secret", "F_SETOWN", "F_SETSIG", "F_SETOWN_EX", "ioprio_set"],
    ...["sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"],
  ];
  expect(told).toEqual(new Set([...refused.map((call) => `${call}: error 1`), "F_GETFD: error 0", "descriptors: few"]));
});

/** Somebody who runs the tests as root has closed the project's folder to others: nobody could not run models. */
const isClosed = (path = HANDLER): boolean =>
  (path !== HANDLER && (statSync(path).mode & 0o1) === 0) || (dirname(path) !== path && isClosed(dirname(path)));

test("a model changes neither files' owners, rights and times nor the clock, and is not root", async () => {
  const reply = await misbehave("grasp");
  const told = reply.log.filter((line) => line.includes("[grasp]")).map((line) => line.replace(/^.*?]: /, ""));
  const refused = [
    ...["chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"],
    ...["utime", "utimes", "futimesat", "utimensat", "mknod", "mknodat"],
    ...["setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"],
    ...["fanotify_init", "fanotify_mark", "inotify_init1", "name_to_handle_at"],
    ...["clock_adjtime", "adjtimex", "settimeofday"],
    ...["setresuid", "setgroups", "capset", "personality"],
    ...["FS_IOC_SETFLAGS", "TIOCSTI", "PR_SET_PDEATHSIG", "PR_SET_DUMPABLE", "PR_SET_PTRACER"],
  ];
  expect(new Set(told)).toEqual(
    new Set([
      ...refused.map((call) => `${call}: error 1`),
      "PR_GET_DUMPABLE: error 0",
      // Root keeps one capability: to read what is closed to others.
      process.getuid?.() === 0 && isClosed() ? "root: YES, capabilities: 4 4 0" : "root: no, capabilities: 0 0 0",
    ]),
  );
});

test.each(["fill", "litter", "hide"] as const)("a model that writes more than it may is ended: %s", async (name) => {
  const message = "the model wrote more than 256 MB or 1000 files, and was ended";
  expect(await fail(name, 60_000)).toMatchObject({ failure: "space", message });
});

test("a model that hides what it writes, in folders that cannot be read, is ended, and nothing of it stays", async () => {
  const message = "the model made a folder whose content cannot be counted, and was ended";
  expect(await fail("burrow", 60_000)).toMatchObject({ failure: "space", message });
  const own = readdirSync(tmpdir()).find((name) => name.startsWith(`boptest-emulator-${process.pid}-`)) ?? "";
  const left = readdirSync(join(tmpdir(), own)).filter((name) => name.startsWith("model-"));
  expect(left.flatMap((name) => readdirSync(join(tmpdir(), own, name)))).toEqual([]);
});

test("a thread that goes on computing after its call is stopped, until the next call", async () => {
  const known = modelProcesses();
  const instance = fixture.instance();
  const bad = await fixture.serve("linger");
  const begun = await ask(instance, initializeAt(bad, 0));
  const [pid] = modelProcesses().filter((each) => !known.includes(each));
  const first = await ask(instance, advanceFrom(bad, begun.state, hour(0)));
  expect(first.log).toContain("fmi2OK [linger]: thread: started");
  const before = cpuMs(pid);
  await sleep(1000);
  expect(cpuMs(pid) - before).toBeLessThan(50);
  const second = await ask(instance, advanceFrom(bad, first.state, hour(1)));
  expect(second.warm).toBe(true);
});

test("a model that looks around finds no secret, no other process, no network and no descriptor of others", async () => {
  // Somebody listens where it tries to connect, so that it would succeed.
  const listener = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  try {
    await withHandler(async (call) => {
      const bad = await fixture.serve("snoop");
      const begun = await call(initializeAt(bad, 0));
      const grid = { start: 60, length: 30, intervals: 1 };
      const inputs = { oveTSetSou_u: port, oveTSetSou_activate: 1 };
      const reply = await call(advanceFrom(bad, begun.ok ? begun.state : "", grid, { inputs }));
      expect(reply.ok).toBe(true);
      const told = reply.log.map((line) => line.replace("fmi2OK [snoop]: ", ""));
      expect(told).toContain("secrets: 0, memories of others: 0");
      expect(told).toContain(`port ${port}: refused`);
      // Nothing but variants of the C library.
      expect(told.filter((line) => line.startsWith("own environment"))).toEqual([
        expect.stringMatching(/^own environment: GLIBC_TUNABLES=[^ ]*$/),
      ]);
      // EACCES: not even its own are readable
      expect(told.filter((line) => line.startsWith("/proc/"))).toEqual([
        "/proc/self/environ: error 13",
        "/proc/self/cmdline: error 13",
        "/proc/self/mountinfo: error 13",
      ]);
      // Its two pipes, what it prints to, and Node.js' own.
      const foreign = told.filter((line) => /^descriptor (?![0-4]:)/.test(line) && /socket|hostname/.test(line));
      expect(foreign).toEqual([]);
    });
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
});
