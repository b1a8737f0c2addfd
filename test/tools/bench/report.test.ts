import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ask } from "./load/ask.ts";
import { isGood, type Outcome, runParts, writeOutcome, writeTargets } from "./report.ts";
import { ratios } from "./stats.ts";
import { atLeast, atMost, type Section, type Target, writeTable } from "./table.ts";

const section = (targets: readonly Target[] = []): Section => ({
  title: "Good",
  tables: [
    { title: "Times", rounds: 3, head: ["what", "ms"], rows: [["it", { median: 2.6, lowest: 1.94, highest: 2.93 }]] },
  ],
  notes: [],
  targets,
});

describe("a report", () => {
  it("keeps the other parts where one fails, and says so", async () => {
    const told: Outcome[] = [];
    const outcomes = await runParts(
      {
        broken: async () => {
          throw new Error("no such thing");
        },
        good: async () => section(),
      },
      { quick: true, say: () => {}, onOutcome: (outcome) => told.push(outcome) },
    );
    expect(outcomes).toEqual([
      { part: "broken", failure: "no such thing" },
      { part: "good", section: section() },
    ]);
    expect(told).toEqual(outcomes);
    expect(isGood(outcomes)).toBe(false);
    expect(outcomes.map(writeOutcome)).toEqual([
      "## broken\n\nFAILED: no such thing",
      "## Good\n\n**Times; median (lowest–highest of 3 rounds)**\n\n| what | ms              |\n|------|-----------------|\n| it   | 2.6 (1.94–2.93) |",
    ]);
  });

  it("holds promises against the median, and is not good where one is missed", () => {
    const around = (median: number) => ({ median, lowest: 0, highest: 9 });
    const kept = [atMost("a time", around(1.25), 1.25), atLeast("a speed", 0.8, 0.8)];
    expect(isGood([{ part: "a", section: section(kept) }])).toBe(true);
    const missed = [...kept, atMost("a count", 19, 18)];
    const outcomes = [{ part: "a", section: section(missed) }];
    expect(isGood(outcomes)).toBe(false);
    expect(writeTargets(outcomes).split("\n").slice(6)).toEqual([
      "| a time  | ≤ 1.25 | 1.25 (0–9) | met    |",
      "| a speed | ≥ 0.8  | 0.8        | met    |",
      "| a count | ≤ 18   | 19         | MISSED |",
    ]);
  });
});

it.each([
  [0.0534123, "0.0534"],
  [999.7, "1,000"],
  [1234.5, "1,235"],
  [Number.NaN, "–"],
  [{ median: 18, lowest: 18, highest: 18 }, "18"],
  ["", ""],
])("a figure of %o is written as %s", (cell, text) => {
  expect(
    writeTable({ title: "", head: ["x"], rows: [[cell]] })
      .split("\n")
      .at(-1)
      ?.slice(2, -2)
      .trimEnd(),
  ).toBe(text);
});

it("a ratio over rounds is of those within each round, not of the medians", () => {
  expect(ratios([1, 20, 3], [1, 10, 6])).toEqual({ median: 1, lowest: 0.5, highest: 2 });
});

it.each([
  ["ends on an order", "process.once('message', () => process.exit(3))"],
  ["has ended before it", ""],
])("an order to a program that %s fails", async (_when, source) => {
  const child = spawn(process.execPath, ["-e", source], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  if (source === "") await new Promise((resolve) => child.once("exit", resolve));
  await expect(ask(child, {})).rejects.toThrow();
});
