import { describe, expect, it } from "vitest";
import { check } from "./check.ts";
import type { Body, Command } from "./commands.ts";
import { type Life, type Remains, Violation } from "./history.ts";
import { RecordedLife } from "./recorded-life.ts";

const inputs = (u: number): Body => ({ oveAct_u: u, oveAct_activate: 1 });
const advance = (u: number): Command => ({ method: "advance", body: inputs(u) });
const HOUR: Command = { method: "set_step", body: { step: 3600 } };
const CHECKPOINT: Command = { method: "checkpoint", body: { name: "c1" } };
const RESTORE: Command = { method: "restore", body: { checkpoint: "c1" } };
const MANY: Command = { method: "advance_many", body: [inputs(300.5), inputs(400)] };

/** With a command of every kind, heard of in every way. */
async function lifeOf(more: (life: RecordedLife) => Promise<void> = async () => {}): Promise<Life> {
  const life = await RecordedLife.begin();
  await life.send(HOUR);
  await life.send(advance(100.5), "promise");
  await life.send(CHECKPOINT);
  await life.send(advance(200.5), "lost");
  life.loseOnTheWay(advance(250.5));
  await life.send(MANY);
  await life.rollOut([inputs(10), inputs(20)], 1800);
  await life.send(RESTORE, "promise");
  await life.fork("c1", async (fork) => {
    await fork.send(advance(700.5));
    return fork.end();
  });
  await more(life);
  return life.end();
}

const withRemains = (life: Life, change: Partial<Remains>): Life => ({
  ...life,
  remains: { ...life.remains, ...change },
});

async function expectViolation(life: Life, what: RegExp): Promise<void> {
  await expect(check(life)).rejects.toThrow(Violation);
  await expect(check(life)).rejects.toThrow(what);
}

it("passes a life in which every promise was kept, and tells what became of its commands", async () => {
  const counts = {
    acknowledged: 6,
    lostApplied: 1,
    lostUnapplied: 1,
    takenBack: 0,
    givenUp: 0,
    rollouts: 1,
    forks: 1,
    runSteps: 0,
  };
  expect(await check(await lifeOf())).toEqual(counts);
});

describe("of commands that were answered while the database went back", () => {
  /** A life whose last command was answered; what is left is of before. */
  async function setBack(heard: "answer" | "promise") {
    const whole = await lifeOf((more) => more.send(advance(500.5), heard));
    const calls = whole.calls.map((call, i) => (i < whole.calls.length - 1 ? call : { ...call, isDoubtful: true }));
    return { whole: { ...whole, calls }, before: (await lifeOf()).remains };
  }

  it.each(["answer", "promise"] as const)(
    "the checker passes one that is lost, and one that is not, known by %s",
    async (heard) => {
      const { whole, before } = await setBack(heard);
      expect(await check(whole)).toMatchObject({ acknowledged: 7, lostUnapplied: 1, takenBack: 0 });
      const { testid } = whole;
      const entries = before.entries.map((entry, i) =>
        i > 0 ? entry : { ...entry, text: JSON.stringify({ testid }) },
      );
      const lost = { ...whole, remains: { ...before, entries } };
      expect(await check(lost)).toMatchObject({ acknowledged: 6, lostUnapplied: 2, takenBack: 1 });
    },
  );

  it("it passes one that is lost beside one of the same answer that is not", async () => {
    const whole = await lifeOf(async (more) => {
      await more.send(HOUR);
      await more.send(HOUR);
    });
    const calls = whole.calls.map((call, i) => (i === whole.calls.length - 2 ? { ...call, isDoubtful: true } : call));
    const before = await lifeOf((more) => more.send(HOUR));
    expect(await check({ ...whole, calls, remains: before.remains })).toMatchObject({ acknowledged: 7, takenBack: 1 });
  });

  it("it passes one that takes effect again later, and a rollout meanwhile that does not see it", async () => {
    const whole = await lifeOf(async (more) => {
      await more.rollOut([inputs(30)], 1800);
      await more.send(advance(500.5));
    });
    const before = (whole.rollouts.at(-1)?.sentMs ?? 0) - 1;
    const told = (isDoubtful: boolean) =>
      whole.calls.map((call, i) =>
        i < whole.calls.length - 1 ? call : { ...call, sentMs: before - 1, endedMs: before, isDoubtful },
      );
    expect(await check({ ...whole, calls: told(true) })).toMatchObject({ acknowledged: 7, takenBack: 0 });
    await expectViolation({ ...whole, calls: told(false) }, /a rollout of/);
  });

  it("it finds what mixes two pasts: an answer that goes on from one that is lost", async () => {
    const { whole } = await setBack("answer");
    const goneOn = await lifeOf(async (more) => {
      await more.send(advance(500.5));
      await more.send(advance(600.5));
    });
    const calls = goneOn.calls.map((call, i) => (i === whole.calls.length - 1 ? { ...call, isDoubtful: true } : call));
    const { entries, revision } = goneOn.remains;
    const mixed = { entries: entries.filter((_entry, i) => i !== entries.length - 2), revision: revision - 1 };
    await expectViolation(withRemains({ ...goneOn, calls }, mixed), /undisturbed/);
  });
});

describe("of the commands, the checker finds", () => {
  it("another's start", async () => {
    const life = await lifeOf();
    const [, ...answers] = life.remains.entries;
    const start = { id: "1000-0", status: 200, text: '{"testid":"another"}' };
    await expectViolation(withRemains(life, { entries: [start, ...answers] }), /its first answer is/);
  });

  it("one that was answered and has not taken effect", async () => {
    const life = await lifeOf();
    const whole = await lifeOf((more) => more.send(advance(500.5)));
    await expectViolation({ ...whole, remains: life.remains }, /no request was answered 200/);
  });

  it("one that was promised and has not taken effect", async () => {
    const life = await lifeOf();
    const whole = await lifeOf((more) => more.send(advance(500.5), "promise"));
    await expectViolation({ ...whole, remains: life.remains }, /was acknowledged and has no answer/);
  });

  it("one that took effect and left no answer", async () => {
    const life = await lifeOf();
    await expectViolation(withRemains(life, { revision: life.remains.revision + 1 }), /revision 8 after 7 answers/);
  });

  it.each(["answer", "promise", "lost"] as const)("one that took effect twice, known by %s", async (heard) => {
    const life = await lifeOf(async (more) => {
      await more.send(advance(500.5), heard);
      await more.answerAgain(advance(500.5));
    });
    await expectViolation(life, /is nobody's, or a second one/);
  });

  it("two that took effect in another order than their client sent them in", async () => {
    const life = await lifeOf(async (more) => {
      await more.send(advance(500.5));
      await more.send(advance(600.5));
    });
    const [one, other] = life.calls.slice(-2);
    if (one === undefined || other === undefined) throw new Error("too few calls");
    const { sentMs, endedMs } = one;
    const swapped = [
      ...life.calls.slice(0, -2),
      { ...one, sentMs: other.sentMs, endedMs: other.endedMs },
      { ...other, sentMs, endedMs },
    ];
    await expectViolation({ ...life, calls: swapped }, /stands behind one of a call that was sent after it/);
  });

  it("one whose client was told something else than stands there", async () => {
    const life = await lifeOf((more) => more.send(advance(500.5), "promise"));
    const calls = life.calls.map((call, i) =>
      i < life.calls.length - 1 ? call : { ...call, answer: { status: 200, text: "{}" } },
    );
    await expectViolation({ ...life, calls }, /was answered \{\}, and is/);
  });

  it("one that comes to something else than undisturbed", async () => {
    const life = await lifeOf((more) => more.send(advance(500.5)));
    const change = (text: string) => text.replace(/"time":\d+/, '"time":1');
    const last = life.remains.entries.length - 1;
    const entries = life.remains.entries.map((entry, i) => (i < last ? entry : { ...entry, text: change(entry.text) }));
    const calls = life.calls.map((call, i) =>
      i < life.calls.length - 1 || call.answer === undefined
        ? call
        : { ...call, answer: { status: 200, text: change(call.answer.text) } },
    );
    await expectViolation(withRemains({ ...life, calls }, { entries }), /undisturbed \{"status":200/);
  });
});

describe("of what is left, the checker finds", () => {
  it("a KPI that is off by its last bit", async () => {
    const life = await lifeOf();
    const kpis = life.remains.kpis as { ener_tot: number };
    expect(kpis.ener_tot).toBeGreaterThan(0);
    const off = { ...kpis, ener_tot: kpis.ener_tot * (1 + Number.EPSILON) };
    await expectViolation(withRemains(life, { kpis: off }), /its KPIs are/);
  });

  it("a result that is another, is missing, or comes twice", async () => {
    const life = await lifeOf();
    const { results } = life.remains;
    const [first = 0, ...others] = results.TRooAir_y ?? [];
    for (const TRooAir_y of [[first + 1e-9, ...others], others, [first, first, ...others]]) {
      await expectViolation(withRemains(life, { results: { ...results, TRooAir_y } }), /its results of TRooAir_y are/);
    }
  });

  it("results of fewer points than there are, or of none", async () => {
    const life = await lifeOf();
    const { TRooAir_y: _, ...others } = life.remains.results;
    for (const results of [others, {}]) await expectViolation(withRemains(life, { results }), /its names of results/);
  });

  it.each([
    ["points", { time: 0 }],
    ["step", 3601],
    ["scenario", {}],
  ])("other %s", async (name, value) => {
    await expectViolation(withRemains(await lifeOf(), { [name]: value }), new RegExp(`its ${name} are`));
  });
});

describe("of what was tried, the checker finds", () => {
  it.each([
    ["value", /"oveAct_u":20/, '"oveAct_u":21'],
    ["KPI", /"ener_tot":\d/, '"ener_tot":9'],
  ])("a rollout that tells a %s that never was", async (_what, part, other) => {
    const life = await lifeOf();
    const rollouts = life.rollouts.map((rollout) => {
      expect(rollout.answer.text).toMatch(part);
      return { ...rollout, answer: { status: 200, text: rollout.answer.text.replace(part, other) } };
    });
    await expectViolation({ ...life, rollouts }, /a rollout of .* tells/);
  });

  it("a rollout from where the test stood before it was asked for, or after it was answered", async () => {
    const life = await lifeOf();
    for (const ms of [-3000, 2000]) {
      const rollouts = life.rollouts.map(({ sentMs, endedMs, ...rollout }) => {
        return { ...rollout, sentMs: sentMs + ms, endedMs: endedMs + ms };
      });
      await expectViolation({ ...life, rollouts }, /a rollout of .* tells/);
    }
  });

  it("a fork that begins elsewhere", async () => {
    const life = await lifeOf((more) => more.send(advance(500.5)));
    const forks = life.forks.map((fork) => ({ ...fork, checkpoint: undefined, sentMs: 1e6, endedMs: 1e6 }));
    await expectViolation({ ...life, forks }, /^20000000.* undisturbed/);
  });

  it("a fork that lost what was acknowledged", async () => {
    const life = await lifeOf();
    const forks = life.forks.map((fork) => ({
      ...fork,
      life: fork.life && withRemains(fork.life, { revision: 0, entries: [] }),
    }));
    await expectViolation({ ...life, forks }, /^20000000.* no request was answered 200/);
  });

  it("a fork that is refused though its checkpoint is there, and one that is made though it is not", async () => {
    const life = await lifeOf();
    const refused = life.forks.map((fork) => ({ ...fork, answer: { status: 404, text: "" }, life: undefined }));
    await expectViolation({ ...life, forks: refused }, /a fork of c1 was answered 404/);
    const early = life.forks.map((fork) => ({ ...fork, sentMs: 0, endedMs: 500 }));
    await expectViolation({ ...life, forks: early }, /was forked of c1, which was not there/);
  });
});

describe("of messages of one list", () => {
  it("the checker passes those that took effect in its order, and finds others", async () => {
    const list = [advance(300.5), advance(301.5)];
    expect(await check(await lifeOf((life) => life.sendList(list)))).toMatchObject({ acknowledged: 8 });
    const swapped = await lifeOf((life) => life.sendList(list, true));
    await expectViolation(swapped, /stands before that of the message in front of it/);
  });
});

describe("of a run that goes by itself", () => {
  const RUN: Command = { method: "run", body: { speed: 60 } };
  const PAUSE: Command = { method: "pause", body: {} };
  const ran = (steps: readonly (readonly [number, number])[]) =>
    lifeOf(async (life) => {
      await life.send(RUN);
      for (const [first, last] of steps) await life.takeSteps(first, last);
      await life.send(PAUSE);
    });

  it("the checker passes steps that were each taken once, and finds one too many, one left out, and one of a run that was paused", async () => {
    const whole = [
      [1, 1],
      [2, 4],
    ] as const;
    expect(await check(await ran(whole))).toMatchObject({ acknowledged: 8, runSteps: 4 });
    await expectViolation(await ran([...whole, [4, 4]]), /takes step 4 after 4/);
    await expectViolation(await ran([...whole, [6, 6]]), /takes step 6 after 4/);
    const late = await lifeOf(async (life) => {
      await life.send(RUN);
      await life.send(PAUSE);
      await life.takeSteps(1, 1);
    });
    await expectViolation(late, /is of a run that does not go on/);
  });
});
