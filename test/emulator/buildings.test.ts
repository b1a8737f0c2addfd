import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildFmu } from "../fmus/build.ts";
import { tryFmu } from "../tools/buildings/try.ts";
import { EmulatorFixture } from "./support/service.ts";

const OPTIONS = { time: 20 * 86_400, hours: 2, limitMs: 20_000, budgetMs: 60_000 };

let fixture: EmulatorFixture;
beforeAll(async () => {
  fixture = await EmulatorFixture.start();
});
afterAll(() => fixture.stop());

test("verify:buildings tells how a model's state is kept, and times a live and a fresh process", async () => {
  const { file } = await buildFmu("me-replay");
  const tried = await tryFmu(file, fixture, OPTIONS);
  expect(tried).toMatchObject({
    ok: true,
    model: { kind: "ModelExchange", states: 6 },
    verdict: {
      keeps: "image",
      reason: "The model does not say that its state can be read, written and serialized.",
    },
  });
  if (!tried.ok) return;
  for (const figure of [tried.firstMs, tried.hourMs, tried.freshMs, tried.stateBytes])
    expect(figure).toBeGreaterThan(0);
});

test("verify:buildings gives the reasons of what cannot be run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "boptest-buildings-"));
  try {
    const file = join(folder, "broken.fmu");
    writeFileSync(file, "no archive");
    const tried = await tryFmu(file, fixture, OPTIONS);
    expect(tried.ok).toBe(false);
    if (!tried.ok) expect(tried.reasons.join(" ")).toMatch(/archive|zip/i);
    const crashing = await tryFmu((await buildFmu("crash")).file, fixture, OPTIONS);
    expect(crashing.ok ? [] : crashing.reasons.join(" ")).toMatch(/^crash: /);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
