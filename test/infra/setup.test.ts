import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Ended, runProgram } from "./toy/program.ts";

/** A project folder for each test. Programs that setup calls are stubs, which append how they were called to a file. */
let root: string;
let bin: string;

const CVODE = "libsundials_cvode.so.6";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "boptest-setup-"));
  bin = join(root, "bin");
  mkdirSync(join(root, "infra"));
  mkdirSync(bin);
  copyFileSync("infra/setup.mjs", join(root, "infra", "setup.mjs"));
  symlinkSync("/bin/sh", join(bin, "sh"));
  lock("package-lock.json", {
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0", optional: true },
  });
  mkdirSync(join(root, "node_modules"));
  lock("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" } });
  program("cc", "");
  program("chromium", "");
  program("node", "echo v24.0.0");
  program("ldconfig", `echo "	${CVODE} (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/${CVODE}"`);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function lock(file: string, packages: Record<string, unknown>): void {
  writeFileSync(join(root, file), JSON.stringify({ packages: { "": { name: "x" }, ...packages } }));
}

function program(name: string, script: string): void {
  const file = join(bin, name);
  writeFileSync(file, `#!${bin}/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** A program that notes how it was called, and does what the script says. */
function stub(name: string, script = ""): void {
  program(name, `echo "${name} $*" >> ${root}/calls\n${script}`);
}

const installsRedis = `case "$*" in *install*) echo '#!/bin/sh' > "${"$"}{0%/*}/redis-server"; chmod +x "${"$"}{0%/*}/redis-server";; esac`;

async function setup(env: Record<string, string> = {}): Promise<Ended & { calls: string[] }> {
  const ended = await runProgram(join(root, "infra", "setup.mjs"), [], { PATH: bin, ...env });
  let calls: string[] = [];
  try {
    calls = readFileSync(join(root, "calls"), "utf8").trim().split("\n");
  } catch {
    // Nothing was called.
  }
  return { ...ended, calls };
}

describe("setting up", () => {
  it("does and says nothing when everything is there", async () => {
    stub("redis-server");
    stub("npm");
    expect(await setup()).toEqual({ code: 0, signal: null, stdout: "", stderr: "", calls: [] });
  });

  it.each([
    ["there are none", () => rmSync(join(root, "node_modules"), { recursive: true })],
    ["one is of another version", () => lock("package-lock.json", { "node_modules/a": { version: "1.1.0" } })],
    ["one is missing", () => lock("node_modules/.package-lock.json", {})],
  ])("installs the packages when %s", async (_what, change) => {
    change();
    stub("redis-server");
    stub("npm");
    const { code, calls } = await setup();
    expect(calls).toEqual(["npm ci --no-fund --no-audit"]);
    expect(code).toBe(0);
  });

  it.each([
    ["of an older version", () => program("node", "echo v20.19.0"), `Node.js v20.19.0 (`],
    ["missing", () => rmSync(join(bin, "node")), "no Node.js,"],
  ])("says how to install the Node.js that runs npm's scripts when it is %s", async (_what, change, found) => {
    stub("redis-server");
    change();
    const { code, stderr } = await setup();
    expect(stderr).toContain(`npm's scripts would run on ${found}`);
    expect(stderr).toMatch(/they need version 24\. .* run "npm rebuild node --ignore-scripts=false"\n$/);
    expect(code).toBe(1);
  });

  it("says which Node.js runs npm's scripts, when asked for by name", async () => {
    stub("redis-server");
    const { code, stdout } = await setup({ npm_lifecycle_event: "setup" });
    expect([code, stdout]).toEqual([0, `Node.js v24.0.0 runs npm's scripts (${join(bin, "node")})\n`]);
  });

  it("says that the packages could not be installed", async () => {
    rmSync(join(root, "node_modules"), { recursive: true });
    stub("npm", "exit 7");
    const { code, stderr } = await setup();
    expect(stderr).toBe('"npm ci" failed (exit code 7): see above, then run "npm run setup" again\n');
    expect(code).toBe(1);
  });

  it("installs redis-server with apt-get, after bringing its lists up to date", async () => {
    stub("sudo", `[ "$2" = true ] || { shift; "$@"; }`);
    stub("apt-get", installsRedis.replaceAll("chmod", "/bin/chmod"));
    const { code, calls } = await setup();
    expect(calls.filter((call) => call.startsWith("apt-get"))).toEqual([
      "apt-get update -q",
      "apt-get install -q -y --no-install-recommends redis-server",
    ]);
    expect(code).toBe(0);
  });

  it("installs redis-server with brew where there is no apt-get", async () => {
    stub("brew", installsRedis.replaceAll("chmod", "/bin/chmod"));
    const { code, calls } = await setup();
    expect(calls).toEqual(["brew install redis"]);
    expect(code).toBe(0);
  });

  it("says in one line what to install when it cannot", async () => {
    const { code, stderr } = await setup();
    expect(stderr).toMatch(
      /^redis-server was not found and could not be installed: install Redis \(.*\), or name .*\n$/,
    );
    expect(code).toBe(1);
  });

  it("takes the server that REDIS_SERVER names, and says so when there is none", async () => {
    stub("my-redis");
    expect((await setup({ REDIS_SERVER: join(bin, "my-redis") })).code).toBe(0);
    const { code, stderr } = await setup({ REDIS_SERVER: "/no/redis" });
    expect(stderr).toBe("REDIS_SERVER names /no/redis, which cannot be executed: correct or unset it\n");
    expect(code).toBe(1);
  });
});

describe("a browser", () => {
  const install = "apt-get install -q -y --no-install-recommends chromium";
  // Left alone, whatever this machine has.
  const python = { PYTHON: "/my/python3" };
  beforeEach(() => {
    stub("redis-server");
    rmSync(join(bin, "chromium"));
    stub("sudo", `[ "$2" = true ] || { shift; "$@"; }`);
  });

  it("is installed for what tests the page, and for nothing else", async () => {
    stub("apt-get", `case "$*" in *install*) /bin/cp ${bin}/redis-server ${bin}/chromium;; esac`);
    expect((await setup({ npm_lifecycle_event: "prestart" })).calls).toEqual([]);
    const { calls } = await setup({ npm_lifecycle_event: "pretest", ...python });
    expect(calls.filter((call) => call.startsWith("apt-get"))).toEqual(["apt-get update -q", install]);
    expect(await setup({ npm_lifecycle_event: "pretest", ...python })).toMatchObject({ code: 0, stdout: "" });
  });

  it("that cannot be installed is named, and all else goes on", async () => {
    stub("apt-get", "exit 100");
    const { code, stdout } = await setup({ npm_lifecycle_event: "setup" });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\nWithout Chromium the page cannot be tested on this machine; .* apt-get install chromium; .*\n$/,
    );
  });

  it("that CHROMIUM names must be there", async () => {
    const { code, stderr } = await setup({ npm_lifecycle_event: "setup", CHROMIUM: "/no/chromium" });
    expect(stderr).toBe("CHROMIUM names /no/chromium, which cannot be executed: correct or unset it\n");
    expect(code).toBe(1);
  });
});

/** FMUs run on this alone. */
const isForModels = process.platform === "linux" && process.arch === "x64";

describe.runIf(isForModels)("what only FMUs need", () => {
  const install = "apt-get install -q -y --no-install-recommends gcc libc6-dev libsundials-cvode6";
  const note =
    "Without a C compiler and SUNDIALS' CVODE 6 not all FMUs can be run and tested on this machine; everything else works. " +
    "Debian, Ubuntu: sudo apt-get install gcc libc6-dev libsundials-cvode6\n";

  beforeEach(() => {
    stub("redis-server");
    rmSync(join(bin, "cc"));
    program("ldconfig", "");
    stub("sudo", `[ "$2" = true ] || { shift; "$@"; }`);
  });

  it("is installed with apt-get, and nothing is said any more", async () => {
    const ldconfig = `echo "echo '${CVODE} =>'" >> ${bin}/ldconfig`;
    stub("apt-get", `case "$*" in *install*) ${ldconfig}; /bin/cp ${bin}/redis-server ${bin}/cc;; esac`);
    const first = await setup();
    expect(first.calls.filter((call) => call.startsWith("apt-get"))).toEqual(["apt-get update -q", install]);
    expect(first).toMatchObject({ code: 0, stdout: expect.not.stringContaining("Without") });
    expect(await setup()).toMatchObject({ code: 0, stdout: "" });
  });

  it("is not there: that is said, and all else goes on, without trying again each time", async () => {
    stub("apt-get", "exit 100");
    const first = await setup();
    expect([first.code, first.stdout.endsWith(note)]).toEqual([0, true]);
    const count = first.calls.length;
    expect(await setup()).toMatchObject({ code: 0, stdout: note, calls: { length: count } });
    const asked = await setup({ npm_lifecycle_event: "setup" });
    expect(asked.calls.length).toBeGreaterThan(count);
  });

  it("is named when nothing can be installed here", async () => {
    rmSync(join(bin, "sudo"));
    expect(await setup()).toMatchObject({ code: 0, stdout: note });
    program("cc", "");
    expect((await setup()).stdout).toMatch(
      /^Without SUNDIALS' CVODE 6 not all .* apt-get install libsundials-cvode6\n$/,
    );
  });
});

describe("what the Python client's tests need", () => {
  const install =
    "apt-get install -q -y --no-install-recommends python3 python3-requests python3-numpy python3-websockets";
  // The one of this machine must not count: its folder is not on the PATH, but /usr/bin is looked into by name.
  const hidden = () => {
    const file = join(root, "infra", "setup.mjs");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("/usr/bin/python3", "/no/python3"));
  };

  beforeEach(() => {
    hidden();
    stub("redis-server");
    stub("sudo", `[ "$2" = true ] || { shift; "$@"; }`);
    stub("apt-get");
  });

  const installed = async (env: Record<string, string>) => (await setup(env)).calls.includes(install);

  it("is installed before the tests, and before nothing else", async () => {
    expect(await installed({ npm_lifecycle_event: "prestart" })).toBe(false);
    expect(await installed({ npm_lifecycle_event: "pretest" })).toBe(true);
  });

  it("is left alone where it is there, or where PYTHON names one", async () => {
    expect(await installed({ npm_lifecycle_event: "pretest", PYTHON: "/my/python3" })).toBe(false);
    program("python3", "");
    expect(await installed({ npm_lifecycle_event: "pretest" })).toBe(false);
    program("python3", "exit 1");
    expect(await installed({ npm_lifecycle_event: "pretest" })).toBe(true);
  });

  it("includes gymnasium, from pip, once", async () => {
    stub("python3", `case "$*" in *gymnasium*) exit 1;; esac`);
    const pip = async () =>
      (await setup({ npm_lifecycle_event: "pretest" })).calls.filter((call) => call.includes("pip install")).length;
    expect(await pip()).toBe(1);
    expect(await pip()).toBe(1);
  });
});
