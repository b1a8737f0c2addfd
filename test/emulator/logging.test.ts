import { afterAll, beforeAll, expect, test } from "vitest";
import { LogBudget } from "../../functions/emulator/fmi/log-budget.ts";
import { formatMessage } from "../../functions/emulator/fmi/message.ts";
import { LogTail } from "../../functions/emulator/log-tail.ts";
import koffi from "../../functions/emulator/native.ts";
import { advanceFrom, ask, askInVain, EmulatorFixture, hour, initializeAt } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

test.each(["cs", "me"] as const)("what a model logs is formatted with its arguments: %s", async (name) => {
  const { log } = await ask(fixture.instance(), initializeAt(await fixture.serve(name), 3600));
  expect(log).toHaveLength(1);
  expect(log[0]).toMatch(
    /^fmi2OK \[logAll\]: initialized at 3600 s: 6 states, 6 of them continuous, \d+ bytes, 100% of 8761 rows, #!$/,
  );
});

test.each([
  ["plain", [], [], "plain"],
  ["%d and %i, %u", [-1n, 7, -1], [], "-1 and 7, 4294967295"],
  ["%ld, %zu", [-(2n ** 40n), 2n ** 40n], [], "-1099511627776, 1099511627776"],
  // The upper half of a register that holds an int is anything.
  ["%d", [0x7fff_0000_0005n], [], "5"],
  ["%8.3f|%-5e|%G", [], [1.5, 2, 1e300], "1.5|2|1e+300"],
  ["%x %c %%", [255, 65], [], "ff A %"],
  ["%s", [0n], [], "(null)"],
  ["%d %d %q", [1], [], "1 %d %q"],
  // A width or precision that is an argument is one.
  ["%*d %.*f %d", [5, 1, 2, 3], [0.5], "1 0.5 3"],
  ["%.f %a %x", [0xffff_ffff_0000_00ffn], [0.5, 2], "0.5 2 ff"],
  // Where the arguments of these are is not known, so nothing is where those of the others are.
  ["%d %Lf %d", [1, 2], [3], "1 %Lf %d"],
  ["%1$d %d", [1], [], "%1$d %d"],
  ["%n %s", [1, 2], [], "%n %s"],
  ["%g%g%g%g%g%g%g%g %g %s", [1], [1, 2, 3, 4, 5, 6, 7, 8], "12345678 %g %s"],
  ["100%", [1], [], "100%"],
  ["##, a line\n", [], [], "#, a line"],
] as const)("the message %j is filled in", (format, words, doubles, expected) => {
  expect(formatMessage(format, { words: [...words], doubles: [...doubles] })).toBe(expected);
});

test("strings are read as far as they are long", () => {
  const bytes = Buffer.from("warm\0water\0");
  const address = koffi.address(bytes);
  const fill = (format: string, ...words: (bigint | number)[]) => formatMessage(format, { words, doubles: [] });
  expect(fill("%s|%.2s|%.9s", address, address, address)).toBe("warm|wa|warm");
  expect(fill("%*s|%.*s|%.*s", 9, address, 3, address, -1, address)).toBe("warm|war|warm");
  expect(bytes.length).toBe(11); // it is there still
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
  const written: string[] = [];
  let made = 0;
  const budget = new LogBudget((line) => written.push(line));
  for (let i = 1; i <= 5000; i++) {
    budget.add("fmi2OK", () => `information ${++made}`);
    budget.add("fmi2Warning", () => `warning ${i}`);
  }
  expect([made, written.length, written.at(-1)]).toEqual([100, 1100, "warning 1000"]);
  budget.add("fmi2Error", () => "the reason");
  budget.end();
  expect(written.slice(1100)).toEqual([
    "(8881 messages left out)",
    ...Array.from({ length: 19 }, (_, i) => `warning ${4982 + i}`),
    "the reason",
  ]);
  // The next order has its own.
  budget.add("fmi2OK", () => "once more");
  expect(written.at(-1)).toBe("once more");
  budget.end();
  expect(written.at(-1)).toBe("once more");
});
