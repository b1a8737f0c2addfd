import { getPriority } from "node:os";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { check } from "./check.ts";
import { Checker } from "./checker.ts";
import type { Command } from "./commands.ts";
import { type Life, Violation } from "./history.ts";
import { RecordedLife } from "./recorded-life.ts";

const advance = (u: number): Command => ({ method: "advance", body: { oveAct_u: u, oveAct_activate: 1 } });

let life: Life;
beforeAll(async () => {
  const recorded = await RecordedLife.begin();
  // The messages of a list name each other.
  await recorded.sendList([advance(100.5), advance(200.5)]);
  await recorded.send(advance(300.5), "lost");
  await recorded.send({ method: "set_step", body: { step: 86_400 } });
  await recorded.send(advance(400.5));
  life = recorded.end();
});

/** The last point of each result is off. */
function broken({ remains, ...others }: Life): Life {
  const off = Object.entries(remains.results).map(([name, values]) => [name, [...values.slice(0, -1), 1]]);
  return { ...others, remains: { ...remains, results: Object.fromEntries(off) } };
}

function start(): Checker {
  const checker = new Checker();
  onTestFinished(async () => await checker[Symbol.asyncDispose]());
  return checker;
}

describe("the checker's process", { timeout: 60_000 }, () => {
  it("counts and finds the same as a comparison in this one, each for its own life", async () => {
    const checker = start();
    const checked = checker.check(life);
    const violated = checker.check(broken(life));
    const again = checker.check(life);
    const error = await check(broken(life)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Violation);
    await expect(violated).rejects.toThrow(error as Violation);
    await expect(violated).rejects.toBeInstanceOf(Violation);
    expect(await checked).toEqual(await check(life));
    expect(await again).toEqual(await check(life));
  });

  it("leaves this one free to serve, and comes after it", async () => {
    const checker = start();
    let turns = 0;
    const count = () => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await check(life);
    expect(turns).toBe(0);
    await checker.check(life);
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(10);
    expect(getPriority(checker.pid)).toBeGreaterThan(getPriority());
  });

  it("is no judge once it has ended: that is an error, and no violation", async () => {
    const checker = start();
    await checker.check(life);
    process.kill(checker.pid ?? 0, "SIGKILL");
    const error = await checker.check(life).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Violation);
    await expect(checker.check(life)).rejects.toThrow();
  });
});
