import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureLayer } from "../../../../../infra/native/build.ts";
import { findCompiler } from "../../../../../infra/native/compiler.ts";
import { EmulatorFixture } from "../../../../emulator/support/service.ts";
import { ROOT } from "../../../../support/fmu.ts";
import { storedBy } from "../../../../support/stored.ts";
import type { Context } from "../../context.ts";
import { atMost, type Section, type Target } from "../../table.ts";
import { BareLoop, compileBare } from "./bare.ts";
import { died } from "./died.ts";
import { kinds } from "./kinds.ts";
import { memoryOfModels } from "./memory.ts";
import { buildingsIn, fixture, testOf } from "./models.ts";
import { select } from "./select.ts";
import { warm } from "./warm.ts";

/** What a committed step may store, bytes. */
const MOST_STORED = 60_000;

/**
 * Compiled models: the project's own, and those of a folder. The time of a step, warm and after the model's process died; a
 * select; memory; what is stored. Skipped on a machine that cannot build models.
 */
export async function fmus(context: Context): Promise<Section> {
  const { defer, say } = context;
  const missing = whatIsMissing();
  if (missing !== undefined) return { title: "FMUs", tables: [], notes: [`Skipped: ${missing}`], targets: [] };
  const emulator = await EmulatorFixture.start();
  defer(() => emulator.stop());
  const folder = mkdtempSync(join(tmpdir(), "boptest-bench-"));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const program = compileBare(folder);
  // A busy machine makes no step a worker's that is to be the api's.
  const cloud = await context.cloud({ accounts: [ROOT], environment: { INLINE_MODEL_MS: "10000" } });

  const buildings = [await fixture("cs"), await fixture("me-replay"), ...buildingsIn(context.buildings)];
  const large = await fixture("large-image");
  const measured = [];
  for (const building of [...buildings, large]) {
    say(`${building.title}: uploaded and verified`);
    const test = await testOf(cloud, building);
    const bare = await BareLoop.start(program, building.file, test.model, test.time);
    defer(() => bare.stop());
    const served = emulator.serveBytes(readFileSync(building.file), test.model);
    measured.push({ ...test, bare, served, isLargeImage: building === large });
  }
  const ordinary = measured.filter(({ isLargeImage }) => !isLargeImage);
  const parts = [
    await kinds(context, emulator),
    await warm(context, cloud, ordinary),
    await died(context, emulator, measured),
    await select(context, cloud, ordinary[0]?.bare.firstMs ?? 0),
    await memoryOfModels(context, emulator, measured),
    await stored(),
  ];
  return {
    title: "FMUs",
    tables: parts.flatMap(({ tables }) => tables),
    notes: parts.flatMap(({ notes }) => notes),
    targets: parts.flatMap(({ targets }) => targets),
  };

  async function stored(): Promise<Omit<Section, "title">> {
    const rows = [];
    const targets: Target[] = [];
    for (const { title, testid, model } of ordinary) {
      const { state, record, samples, answer, total } = await storedBy(cloud, testid);
      const points = 1 + model.inputs.length + model.outputs.length;
      rows.push([title, points, state, record, samples, answer, total]);
      targets.push(atMost(`${title}: bytes stored per committed step`, total, MOST_STORED));
    }
    const head = ["model", "columns", "state", "rest of the record", "samples", "answer", "all"];
    return {
      tables: [{ title: "What a step of an hour with 120 samples stores, bytes", head, rows }],
      notes: [
        "A step replaces the state and the record of the step before, and the answer is kept for some time: what remains are the samples.",
      ],
      targets,
    };
  }
}

/** Why models cannot be compiled and run on this machine; undefined if they can. */
export function whatIsMissing(): string | undefined {
  const missing = ensureLayer();
  if (missing !== undefined) return missing;
  try {
    findCompiler();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
