import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Override, VerifyReply, VerifyRequest } from "../../functions/emulator/protocol.ts";
import type { Verdict } from "../../functions/packages/model.ts";
import type { FmuName } from "../fmus/build.ts";
import { EmulatorFixture, type Served } from "./support/service.ts";

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

const DAY = 86_400;
const OVERRIDES: readonly Override[] = ["Sou", "Nor"].flatMap((zone) => [
  { input: `oveTSet${zone}_u`, activate: `oveTSet${zone}_activate`, lowest: 278.15, highest: 308.15 },
  { input: `oveHea${zone}_u`, activate: `oveHea${zone}_activate`, lowest: 0, highest: 1 },
]);

type Options = { limitMs?: number; budgetMs?: number; hours?: number; time?: number };

async function replyFor(served: Served, options: Options = {}): Promise<VerifyReply> {
  const { limitMs = 12_000, budgetMs = 60_000, hours, time = 20 * DAY } = options;
  const work = {
    kind: "verify",
    time,
    overrides: OVERRIDES,
    budgetMs,
    ...(hours === undefined ? {} : { hours }),
  } as const;
  const instance = fixture.instance();
  const request: VerifyRequest = { owner: "anna", package: served, limitMs, work };
  const reply = await instance.verify(request);
  await instance.close();
  return reply;
}

async function verdictOn(name: FmuName, options: Options = {}): Promise<Verdict> {
  const reply = await replyFor(await fixture.serve(name), options);
  if (!reply.ok) throw new Error(`${reply.failure}: ${reply.message}`);
  return reply.verdict;
}

describe("a model's state", () => {
  test.each([
    ["cs", { hours: 72, fresh: 6, shared: 96 }],
    ["me", { hours: 24, fresh: 2, shared: 32 }],
    ["large", { hours: 24, fresh: 2, shared: 32 }],
  ] as const)("that is all of its state is found to be: %s", async (name, covered) => {
    const verdict = await verdictOn(name, covered.hours === 72 ? {} : covered);
    expect(verdict).toEqual({ keeps: "shared", reason: null, covered });
  });

  test.each(["cs-replay", "me-replay"] as const)(
    "that it does not claim to save is an image of its memory: %s",
    async (name) => {
      expect(await verdictOn(name, { hours: 24 })).toEqual({
        keeps: "image",
        reason: "The model does not say that its state can be read, written and serialized.",
        covered: { hours: 24, fresh: 2, shared: 24 },
      });
    },
  );

  test("that leaves out what the model keeps beside it is found out, with point, time and by how much", async () => {
    const { keeps, reason } = await verdictOn("forgets", { hours: 24 });
    expect(keeps).toBe("image");
    expect(reason).toMatch(
      /^In a fresh process, restored at \d+ s: PFan_y is \S+ at \d+ s, and \S+ without being restored/,
    );
    expect(reason).toMatch(/by up to \d+\.\d+\); 1 of 18 points differ\.$/);
  });

  test("that is partly in a file that the model keeps open is found out", async () => {
    const { keeps, reason } = await verdictOn("keeps-file", { hours: 24 });
    expect(keeps).toBe("replayed");
    expect(reason).toMatch(/^In a fresh process, restored at \d+ s: PFan_y is/);
    expect(reason).toMatch(/an image of its memory its state: it opens files, or closes them, while it computes\.$/);
  });

  test("of which no two runs are equal cannot even be replayed: the model is refused", async () => {
    const reply = await replyFor(await fixture.serve("reads-clock"));
    expect(reply).toMatchObject({
      ok: false,
      failure: "model",
      message: expect.stringMatching(
        /^two runs of it with equal inputs differ: PFan_y is \S+ at \d+ s, and \S+ in the first run .* independent of the clock/,
      ),
    });
  });

  test("that is an address crashes whoever goes there", async () => {
    const { keeps, reason } = await verdictOn("points", { hours: 24 });
    expect(keeps).toBe("image");
    expect(reason).toContain("the model's process ended by SIGSEGV");
  });

  test("that another process never comes to is given up", async () => {
    const { keeps, reason } = await verdictOn("stalls", { limitMs: 6000, hours: 24 });
    expect(keeps).toBe("image");
    expect(reason).toContain("the model was being put to its state for more than 2000 ms");
  });

  test("that cannot be had at all does not keep the model from being run", async () => {
    const { keeps, reason } = await verdictOn("lies", { hours: 24 });
    expect(keeps).toBe("image");
    expect(reason).toContain("fmi2GetFMUstate");
  });

  test("is compared over fewer hours, in fewer processes, where that is asked for", async () => {
    const verdict = await verdictOn("cs", { hours: 6 });
    expect(verdict).toEqual({ keeps: "shared", reason: null, covered: { hours: 6, fresh: 1, shared: 8 } });
  });

  test("of which less than a day could be compared is not relied on", async () => {
    const reply = await replyFor(await fixture.serve("me"), { budgetMs: 1 });
    expect(reply).toMatchObject({
      ok: true,
      verdict: {
        keeps: "replayed",
        reason:
          "Its state could not be verified over a day: there was time for 1 hours only. There was no time to verify an image of its memory: 1 of at least 24 hours were simulated.",
        covered: { hours: 1, fresh: 1, shared: 0 },
      },
    });
  });
});

describe("a model that ends the simulation by itself is accepted", () => {
  test.each([
    // Its end at 100 h is in the 27th of the verified hours.
    ["finish", 100 * 3600 - 26.5 * 3600, { hours: 26, fresh: 3, shared: 26 }],
    // Too early for hours: shorter stretches take their place.
    ["finish", 100 * 3600 - 50, { hours: 24, fresh: 2, shared: 32 }],
  ] as const)("%s, begun at %d s", async (name, time, covered) => {
    const verdict = await verdictOn(name, { time, hours: covered.hours > 24 ? 30 : 24 });
    expect(verdict).toEqual({ keeps: "shared", reason: null, covered });
  });

  test("unless it had ended before it begins", async () => {
    const reply = await replyFor(await fixture.serve("finish"), { time: 100 * 3600 + 1 });
    expect(reply).toMatchObject({ ok: false, failure: "ended", message: expect.stringContaining("by itself") });
  });
});
