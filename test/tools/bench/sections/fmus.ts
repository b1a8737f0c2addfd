import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogTail } from "../../../../functions/emulator/log-tail.ts";
import { ModelChild } from "../../../../functions/emulator/model-child.ts";
import { unpack } from "../../../../functions/emulator/unpack.ts";
import { ensureLayer } from "../../../../infra/native/build.ts";
import { findCompiler } from "../../../../infra/native/compiler.ts";
import { advanceFrom, ask, EmulatorFixture, hour, initializeAt } from "../../../emulator/support/service.ts";
import { buildFmu, type FmuName, LARGE_STATE_BYTES } from "../../../fmus/build.ts";
import type { Context } from "../context.ts";
import { median, rounds } from "../stats.ts";
import { atMost, type Cell, type Section, type Target } from "../table.ts";
import { fmuService } from "./fmu-service.ts";

/** The promised overhead of a step in a warm process beside the model's own time, ms. */
const OVERHEAD_MS = 5;
const LIMIT_MS = 60_000;
const KINDS = {
  cs: "Co-Simulation",
  "cs-replay": "Co-Simulation, replayed",
  me: "Model Exchange",
  large: `Co-Simulation, state of ${LARGE_STATE_BYTES / 1000} KB`,
} as const satisfies Partial<Record<FmuName, string>>;

/**
 * Steps of an hour with 120 samples: the model alone, in the emulator's warm process, and in new ones. Skipped on a machine
 * that cannot build models.
 */
export async function fmus(context: Context): Promise<Section> {
  const { quick, say, defer } = context;
  const missing = whatIsMissing();
  if (missing !== undefined) return { title: "FMUs", tables: [], notes: [`Skipped: ${missing}`], targets: [] };
  const fixture = await EmulatorFixture.start();
  defer(() => fixture.stop());
  const [count, steps] = quick ? [3, 24] : [7, 24 * 7];
  const rows: Cell[][] = [];
  const targets: Target[] = [];
  for (const [name, title] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
    say(name);
    const bare = await bareSteps(name);
    defer(bare.remove);
    const served = await fixture.serve(name);
    const instance = fixture.instance();
    const begun = await ask(instance, initializeAt(served, 0));
    let { state } = begun;
    const times = { bare: [] as number[], warm: [] as number[], overhead: [] as number[], fresh: [] as number[] };
    for (let round = 0; round <= count; round++) {
      const each = { bare: [] as number[], warm: [] as number[] };
      for (let i = round * steps; i < (round + 1) * steps; i++) {
        each.bare.push(await bare.step(i));
        const startedAt = performance.now();
        ({ state } = await ask(instance, advanceFrom(served, state, hour(i))));
        each.warm.push(performance.now() - startedAt);
      }
      const other = fixture.instance();
      const startedAt = performance.now();
      await ask(other, advanceFrom(served, begun.state, hour(0)));
      const fresh = performance.now() - startedAt;
      await other.close();
      if (round === 0) continue;
      times.bare.push(median(each.bare));
      times.warm.push(median(each.warm));
      times.overhead.push(median(each.warm) - median(each.bare));
      times.fresh.push(fresh);
    }
    await instance.close();
    const columns = [times.bare, times.warm, times.overhead, times.fresh].map((values) => rounds(values));
    rows.push([title, ...columns, Buffer.from(state, "base64").length]);
    targets.push(atMost(`${title}: warm step over the bare one, ms`, rounds(times.overhead), OVERHEAD_MS));
  }
  say("through the service");
  const bare = await bareSteps("cs");
  defer(bare.remove);
  const service = await fmuService(context, bare.step);
  return {
    title: "FMUs",
    tables: [
      {
        title: "A step of an hour of the two-zone building, 120 samples, ms",
        rounds: count,
        head: ["kind", "bare", "warm", "warm − bare", "fresh instance", "state, bytes"],
        rows,
      },
      ...service.tables,
    ],
    notes: [
      ...service.notes,
      "bare: the model's process, without the emulator's function around it. warm: through the emulator, with the state given back as a value. fresh instance: package fetched and unpacked, process started, model initialized and put to the state.",
    ],
    targets: [...targets, ...service.targets],
  };
}

/** Why models cannot be compiled and run on this machine; undefined if they can. */
function whatIsMissing(): string | undefined {
  const missing = ensureLayer();
  if (missing !== undefined) return missing;
  try {
    findCompiler();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The model's process alone. */
async function bareSteps(
  name: FmuName,
): Promise<{ step: (index: number) => Promise<number>; remove: () => Promise<void> }> {
  const { file, model } = await buildFmu(name);
  const folder = mkdtempSync(join(tmpdir(), "boptest-bench-"));
  await unpack(file, folder, AbortSignal.timeout(30_000));
  const library = join(folder, "binaries/linux64", `${model.identifier}.so`);
  const files = { library, resources: join(folder, "resources") };
  const child = new ModelChild("bench", model, files, { memoryBytes: 2 ** 30 }, new LogTail());
  await child.claim().order({ kind: "initialize", time: 0 }, undefined, LIMIT_MS);
  const step = async (index: number) => {
    const startedAt = performance.now();
    const grid = hour(index);
    await child.claim().order({ kind: "advance", inputs: {}, grid, from: 0, to: grid.intervals }, undefined, LIMIT_MS);
    return performance.now() - startedAt;
  };
  const remove = async () => {
    child.kill();
    await child.ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { step, remove };
}
