import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeState } from "../../functions/emulator/state.ts";
import { encodeSamples } from "../../functions/simulation/samples.ts";
import { fmuEntries, LARGE_STATE_BYTES } from "../fmus/build.ts";
import { HOSTILE_ARCHIVES, type HostileArchive } from "../fmus/hostile.ts";
import { zip } from "../fmus/zip.ts";
import { cpuMs, modelProcesses, residentMb } from "./support/processes.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt, type Served } from "./support/service.ts";

let fixture: EmulatorFixture;
let cs: Served;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
  cs = await fixture.serve("cs");
});
afterAll(() => fixture.stop());

describe("an instance", () => {
  test("that has run one owner's package runs no other owner's ever", async () => {
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(cs, 0));
    const foreign = await askInVain(instance, advanceFrom(cs, state, hour(0), { owner: "ben" }));
    expect(foreign).toEqual({
      ok: false,
      failure: "owner",
      message: "this instance runs another owner's packages",
      log: [],
    });
    expect((await ask(instance, advanceFrom(cs, state, hour(0)))).warm).toBe(true);
    expect((await ask(fixture.instance(), advanceFrom(cs, state, hour(0), { owner: "ben" }))).warm).toBe(false);
  });

  test("serves tests in turn with one process, each as if it were alone", async () => {
    const instance = fixture.instance({ processes: 1 });
    const before = modelProcesses().length;
    const [inputs, other] = [{ oveHeaSou_u: 1, oveHeaSou_activate: 1 }, {}];
    const begun = await ask(instance, initializeAt(cs, 0));
    const elsewhere = fixture.instance();
    const alone = await ask(elsewhere, advanceFrom(cs, begun.state, hour(0), { inputs }));
    await elsewhere.close();
    // What the first leaves behind in the process must not show.
    const first = await ask(instance, advanceFrom(cs, begun.state, hour(0), { inputs: other }));
    const second = await ask(instance, advanceFrom(cs, begun.state, hour(0), { inputs }));
    expect([first.warm, second.warm]).toEqual([true, false]);
    expect(encodeSamples(second.samples)).toEqual(encodeSamples(alone.samples));
    expect(second.state).toBe(alone.state);
    expect(modelProcesses().length - before).toBe(1);
    await instance.close();
  });

  test("puts only fresh processes to a state, unless it is known that the model keeps nothing beside it", async () => {
    const instance = fixture.instance({ processes: 4 });
    const unsure: Served = { ...cs, model: { ...cs.model, keeps: "serialized" } };
    const before = modelProcesses().length;
    const { state } = await ask(instance, initializeAt(unsure, 0));
    for (let i = 1; i <= 3; i++) {
      // Another course of the same test is as foreign as another test.
      const reply = await ask(instance, advanceFrom(unsure, state, hour(0), { inputs: { oveHeaSou_u: i / 4 } }));
      expect(reply.warm).toBe(i === 1);
      expect(modelProcesses().length - before).toBe(i);
    }
    await instance.close();
  });

  test("initializes a fresh process at the time of the state that it is put to, not where the test began", async () => {
    const { state } = await ask(fixture.instance(), initializeAt(cs, 0));
    const next = await ask(fixture.instance(), advanceFrom(cs, state, hour(0)));
    const { log } = await ask(fixture.instance(), advanceFrom(cs, next.state, hour(1)));
    // What a model keeps beside its state is then more likely to be right.
    expect(log.filter((line) => line.includes("initialized at"))).toEqual([
      expect.stringContaining("initialized at 3600.0 s"),
    ]);
  });

  test("keeps no more processes than it may", async () => {
    const before = modelProcesses().length;
    const replayed = await fixture.serve("cs-replay");
    const instance = fixture.instance({ processes: 2 });
    const begun = await Promise.all([0, 1, 2, 3].map((day) => ask(instance, initializeAt(replayed, 86_400 * day))));
    await ask(instance, initializeAt(replayed, 0));
    await expect.poll(() => modelProcesses().length - before).toBeLessThanOrEqual(2);
    // One that is gone is replayed.
    const first = await ask(instance, advanceFrom(replayed, begun[0]?.state ?? "", hour(0)));
    expect(first.samples.columns[0]?.at(-1)).toBe(3600);
    await instance.close();
    expect(modelProcesses().length).toBe(before);
  });

  test("ends models that wait when another needs the memory", async () => {
    const instance = fixture.instance({ processes: 4, memoryBytes: 400 * 2 ** 20 });
    const leak = await fixture.serve("leak");
    const before = modelProcesses().length;
    const waiting = await ask(instance, initializeAt(cs, 0));
    const { state } = await ask(instance, initializeAt(leak, 0));
    expect((await askInVain(instance, advanceFrom(leak, state, hour(0)))).failure).toBe("memory");
    expect(modelProcesses().length).toBe(before);
    expect((await ask(instance, advanceFrom(cs, waiting.state, hour(0)))).warm).toBe(false);
  });

  test("takes a damaged state for what it is", async () => {
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(cs, 0));
    const damaged = Buffer.from(state, "base64").subarray(0, -12).toString("base64");
    expect((await askInVain(instance, advanceFrom(cs, damaged, hour(0)))).failure).toBe("model");
    expect((await ask(instance, advanceFrom(cs, state, hour(0)))).samples.columns[0]?.length).toBe(120);
  });
});

describe("a model's process that is killed from outside", () => {
  // Some seconds of computing: it is killed in the middle.
  const YEAR = { start: 0, length: 365 * 86_400, intervals: 20_000 };

  test("costs a step nothing but time: it is computed once more, in a fresh process", async () => {
    const instance = fixture.instance();
    const known = modelProcesses();
    const { state } = await ask(instance, initializeAt(cs, 0));
    const [pid] = modelProcesses().filter((each) => !known.includes(each));
    const before = cpuMs(pid);
    const disturbed = ask(instance, advanceFrom(cs, state, YEAR, { limitMs: 120_000 }));
    await expect.poll(() => cpuMs(pid), { interval: 10, timeout: 20_000 }).toBeGreaterThan(before + 100);
    process.kill(Number(pid), "SIGKILL");
    const reply = await disturbed;
    expect(reply.warm).toBe(false);
    expect(reply.log[0]).toBe("(the model's process ended by SIGKILL; this was computed anew in a new process)");
    const undisturbed = await ask(fixture.instance(), advanceFrom(cs, state, YEAR, { limitMs: 120_000 }));
    expect(encodeSamples(reply.samples)).toEqual(encodeSamples(undisturbed.samples));
    expect(reply.state).toBe(undisturbed.state);
  });

  test("is told as a crash when the fresh one ends as well: no model is tried for ever", async () => {
    const hang = await fixture.serve("hang");
    const instance = fixture.instance();
    const known = modelProcesses();
    const { state } = await ask(instance, initializeAt(hang, 0));
    const failing = askInVain(instance, advanceFrom(hang, state, hour(0), { limitMs: 60_000 }));
    const killed = new Set<string>();
    for (let i = 1; i <= 2; i++) {
      const next = () => modelProcesses().find((each) => !known.includes(each) && !killed.has(each));
      await expect.poll(() => cpuMs(next()), { timeout: 20_000 }).toBeGreaterThan(2000);
      const pid = next() ?? "";
      killed.add(pid);
      process.kill(Number(pid), "SIGKILL");
    }
    expect(await failing).toMatchObject({ failure: "crash", message: "the model's process ended by SIGKILL" });
    expect(modelProcesses().filter((each) => !known.includes(each))).toEqual([]);
  });
});

describe("a package", () => {
  test("that is another than its hash says is not used", async () => {
    const other = await fixture.serve("me");
    const reply = await askInVain(fixture.instance(), initializeAt({ ...cs, url: other.url }, 0));
    expect(reply.failure).toBe("load");
    expect(reply.message).toContain("the file that was fetched has another hash");
  });

  test("that is not there is not used, and is once it is", async () => {
    const instance = fixture.instance();
    const reply = await askInVain(instance, initializeAt({ ...cs, url: `${cs.url}0` }, 0));
    expect(reply).toMatchObject({ failure: "unavailable", message: expect.stringContaining("answered 404") });
    expect((await ask(instance, initializeAt(cs, 0))).warm).toBe(false);
  });

  test.each([
    ["is out of reach", (socket: Socket) => socket.destroy()],
    ["does not arrive in full", (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nPK")],
  ] as const)("that %s may be asked for later", async (_what, answer) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined).once("data", () => answer(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const reply = await askInVain(fixture.instance(), initializeAt({ ...cs, url }, 0));
      expect(reply).toMatchObject({
        failure: "unavailable",
        message: expect.stringMatching(/^The package could not be/),
      });
    } finally {
      server.close();
    }
  });

  test.each([
    ["zip-bomb", "the package is too large, unpacked"],
    ["lying-zip-bomb", "too many bytes in the stream"],
    ["many-files", "the package has more than 10000 files"],
    ["parent-path", "invalid relative path"],
    ["absolute-path", "absolute path"],
    ["backslash-path", "invalid relative path"],
    ["symbolic-link", "no plain file: resources/out"],
    ["cut-off", "file is truncated"],
  ] as const satisfies [HostileArchive, string][])("that is hostile is not unpacked: %s", async (name, reason) => {
    const bytes = HOSTILE_ARCHIVES[name](await fmuEntries("cs"));
    const instance = fixture.instance();
    const reply = await askInVain(instance, initializeAt(fixture.serveBytes(bytes, cs.model), 0));
    expect(reply).toMatchObject({ failure: "load", message: expect.stringContaining(reason) });
    expect((await ask(instance, initializeAt(cs, 0))).warm).toBe(false);
  });

  test("with backslashes between names, as some tools on Windows write them, is run", async () => {
    const entries = (await fmuEntries("cs")).map((entry) => ({ ...entry, path: entry.path.replaceAll("/", "\\") }));
    const onWindows = fixture.serveBytes(zip(entries), cs.model);
    const { state } = await ask(fixture.instance(), initializeAt(onWindows, 0));
    expect(state).toBe((await ask(fixture.instance(), initializeAt(cs, 0))).state);
  });

  test("without resources is run", async () => {
    const entries = (await fmuEntries("needs")).filter(({ path }) => !path.startsWith("resources/"));
    const reply = await askInVain(fixture.instance(), initializeAt(fixture.serveBytes(zip(entries), cs.model), 0));
    // as far as this one comes
    expect(reply.message).toContain("libmissing");
  });
});

describe("a state", () => {
  test("is small: what the model has, compressed", async () => {
    const { state } = await ask(fixture.instance(), initializeAt(cs, 0));
    expect(Buffer.from(state, "base64").length).toBeLessThan(300);
  });

  test("of half a megabyte goes to another instance and back", async () => {
    const large = await fixture.serve("large");
    const [here, there] = [fixture.instance(), fixture.instance()];
    const begun = await ask(here, initializeAt(large, 0));
    const state = Buffer.from(begun.state, "base64");
    const decoded = decodeState(state, 1e6);
    expect(decoded.kind === "serialized" && decoded.bytes.length).toBeGreaterThan(LARGE_STATE_BYTES);
    expect(state.length).toBeLessThan(LARGE_STATE_BYTES / 4);
    const warm = await ask(here, advanceFrom(large, begun.state, hour(0)));
    const fresh = await ask(there, advanceFrom(large, begun.state, hour(0)));
    expect([warm.warm, fresh.warm]).toEqual([true, false]);
    expect(fresh.state).toBe(warm.state);
  });
});

test("a step of 0 s shows what new inputs do at once", async () => {
  for (const name of ["cs", "me"] as const) {
    const served = await fixture.serve(name);
    const instance = fixture.instance();
    const { state } = await ask(instance, initializeAt(served, 0));
    const inputs = { oveHeaSou_u: 0.5, oveHeaSou_activate: 1 };
    const reply = await ask(instance, advanceFrom(served, state, { start: 0, length: 0, intervals: 1 }, { inputs }));
    const values = Object.fromEntries(reply.samples.names.map((each, i) => [each, reply.samples.columns[i]?.[0]]));
    expect(values).toMatchObject({ time: 0, oveHeaSou_u: 0.5, oveHeaSou_activate: 1, TRooAirSou_y: 292.15 });
    // 4000 W of heat at half load, by a heat pump whose performance is 3 at 0 °C and rises by 0.05 per K
    expect(values.PHeaSou_y).toBeCloseTo(2000 / (3 + 0.05 * ((values.TOut_y ?? 0) - 273.15)), 9);
  }
});

test("over 10,000 steps the process of a model takes no more memory", async () => {
  const instance = fixture.instance();
  const residentAfter: number[] = [];
  for (const name of ["cs", "me"] as const) {
    const served = await fixture.serve(name);
    const known = modelProcesses();
    let { state } = await ask(instance, initializeAt(served, 0));
    const pid = modelProcesses().find((each) => !known.includes(each)) ?? "";
    for (let step = 1; step <= 10_000; step++) {
      const grid = { start: 60 * (step - 1), length: 60, intervals: 2 };
      ({ state } = await ask(
        instance,
        advanceFrom(served, state, grid, { inputs: { oveTSetSou_u: 294 + (step % 3) } }),
      ));
      if (step % 2000 === 0) residentAfter.push(residentMb(pid));
    }
    // What was done with the model is carried along up to a limit, which is reached by then.
    const [first = 0, ...later] = residentAfter.splice(0).slice(2);
    for (const each of later) expect(each).toBeLessThan(first + 12);
  }
}, 240_000);
