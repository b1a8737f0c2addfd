import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FrameReader, REPORT_LIMITS } from "../../functions/emulator/frames.ts";
import { LogTail } from "../../functions/emulator/log-tail.ts";
import { compileWith } from "./support/compile.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

let fixture: EmulatorFixture;
let program: string;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
  program = compileWith("log.c", "log.c", "frames.c", "arena.c", "heap.c");
});
afterAll(async () => {
  rmSync(dirname(program), { recursive: true });
  await fixture.stop();
});

test.each(["cs", "me"] as const)("what a model logs is formatted with its arguments: %s", async (name) => {
  const { log } = await ask(fixture.instance(), initializeAt(await fixture.serve(name), 3600));
  expect(log).toHaveLength(1);
  expect(log[0]).toMatch(
    /^fmi2OK \[logAll\]: initialized at 3600\.0 s: 6 states, 6 of them continuous, \d+ bytes, 100% of 8761 rows, #!$/,
  );
});

/** The lines that the program log.c passes on. */
function lines(...args: string[]): string[] {
  const { output } = spawnSync(program, args, { stdio: ["ignore", "pipe", "pipe", "ignore", "pipe"] });
  const frames = new FrameReader(REPORT_LIMITS).add(output[4] as unknown as Buffer);
  return frames.map(({ head }) => (head.kind === "log" ? head.line : head.kind));
}

test("a message is filled in as printf does, whatever its arguments are, and cut where it is long", () => {
  const xs = `fmi2Warning [any]: ${"x".repeat(1000)}`.slice(0, 1000);
  const umlauts = `fmi2Fatal: ${"ä".repeat(1000)}`;
  expect(lines()).toEqual([
    "fmi2Warning [any]: -1 and 7, -1099511627776",
    "fmi2Warning [any]: 1.500|1e+300|2 after",
    "fmi2Warning [any]: 12345678 9 ten",
    "fmi2Warning [any]: wa|  5|(null)",
    'fmi2Warning [any]: #, a "line" of \u0001 and \\',
    "fmi2Warning [any]: 100%",
    xs,
    umlauts.slice(0, 11 + (1000 - 11 - 1) / 2),
    "fmi2OK: ",
  ]);
});

test("of many lines the last hundred are kept, and how many there were before", () => {
  const log = new LogTail();
  for (let i = 1; i <= 1234; i++) log.add(`line ${i}`);
  const lines = log.take();
  expect([lines.length, lines[0], lines[1], lines.at(-1)]).toEqual([
    101,
    "(1134 lines before)",
    "line 1135",
    "line 1234",
  ]);
  expect(log.take()).toEqual([]);
});

test("a model that speaks only while logging is on is heard when its step fails", async () => {
  const served = await fixture.serve("error");
  const instance = fixture.instance();
  const { state } = await ask(instance, initializeAt(served, 0));
  const { log } = await askInVain(instance, advanceFrom(served, state, hour(0)));
  expect(log.at(-1)).toBe("fmi2Error [logStatusError]: the boiler is on fire");
});

test("of what a model logs in one order, information is left out after a hundred messages, and its last other words are not", () => {
  const written = lines("flood");
  expect(written.filter((line) => line.includes("information"))).toHaveLength(100);
  expect(written[1099]).toBe("fmi2Warning: warning 1000");
  expect(written.slice(1100)).toEqual([
    "(8881 messages left out)",
    ...Array.from({ length: 19 }, (_, i) => `fmi2Warning: warning ${4982 + i}`),
    "fmi2Error: the reason",
    // The next order has its own.
    "fmi2OK: once more",
  ]);
});
