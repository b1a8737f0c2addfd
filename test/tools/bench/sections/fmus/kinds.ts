import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogTail } from "../../../../../functions/emulator/log-tail.ts";
import { ModelChild } from "../../../../../functions/emulator/model-child.ts";
import { unpack } from "../../../../../functions/emulator/unpack.ts";
import type { Keeping, Model } from "../../../../../functions/packages/model.ts";
import { advanceFrom, ask, type EmulatorFixture, hour, initializeAt } from "../../../../emulator/support/service.ts";
import { buildFmu, type FmuName, LARGE_STATE_BYTES } from "../../../../fmus/build.ts";
import type { Context } from "../../context.ts";
import { median, rounds } from "../../stats.ts";
import { atMost, type Cell, type Section, type Target } from "../../table.ts";

/** The promised overhead of a step in a warm process beside the model's own time, ms. */
const OVERHEAD_MS = 5;
const LIMIT_MS = 60_000;

interface Kind {
  readonly name: FmuName;
  readonly title: string;
  readonly keeps?: Keeping;
}

const KINDS: readonly Kind[] = [
  { name: "cs", title: "Co-Simulation" },
  { name: "cs-replay", title: "Co-Simulation, image", keeps: "image" },
  { name: "cs-replay", title: "Co-Simulation, replayed", keeps: "replayed" },
  { name: "me", title: "Model Exchange" },
  { name: "large", title: `Co-Simulation, state of ${LARGE_STATE_BYTES / 1000} KB` },
];

/** Steps of an hour with 120 samples: the model's process alone, in the emulator's warm process, and in new ones. */
export async function kinds({ quick, say, defer }: Context, fixture: EmulatorFixture): Promise<Omit<Section, "title">> {
  const [count, steps] = quick ? [3, 24] : [7, 24 * 7];
  const rows: Cell[][] = [];
  const targets: Target[] = [];
  for (const { name, title, keeps } of KINDS) {
    say(title);
    const plain = await fixture.serve(name);
    const served = keeps === undefined ? plain : { ...plain, model: { ...plain.model, keeps } };
    const alone = await processAlone(name, served.model);
    defer(alone.remove);
    const instance = fixture.instance();
    const begun = await ask(instance, initializeAt(served, 0));
    let { state } = begun;
    const times = { alone: [] as number[], warm: [] as number[], overhead: [] as number[], fresh: [] as number[] };
    for (let round = 0; round <= count; round++) {
      const each = { alone: [] as number[], warm: [] as number[] };
      for (let i = round * steps; i < (round + 1) * steps; i++) {
        each.alone.push(await alone.step(i));
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
      times.alone.push(median(each.alone));
      times.warm.push(median(each.warm));
      times.overhead.push(median(each.warm) - median(each.alone));
      times.fresh.push(fresh);
    }
    await instance.close();
    const columns = [times.alone, times.warm, times.overhead, times.fresh].map((values) => rounds(values));
    rows.push([title, ...columns, Buffer.from(state, "base64").length]);
    targets.push(atMost(`${title}: warm step over the process' own, ms`, rounds(times.overhead), OVERHEAD_MS));
  }
  return {
    tables: [
      {
        title: "A step of an hour of the two-zone building, 120 samples, ms",
        rounds: count,
        head: ["kind", "process alone", "warm", "warm − alone", "fresh instance", "state, bytes"],
        rows,
      },
    ],
    notes: [
      "process alone: without the emulator's function around it. warm: through the emulator, with the state given back as a value. fresh instance: package fetched and unpacked, process started, model initialized and put to the state.",
    ],
    targets,
  };
}

/** The model's process alone. */
async function processAlone(
  name: FmuName,
  model: Model,
): Promise<{ step: (index: number) => Promise<number>; remove: () => Promise<void> }> {
  const { file } = await buildFmu(name);
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
