import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { unpack } from "../../../../functions/emulator/unpack.ts";
import { libraryFolder, type Model } from "../../../../functions/packages/model.ts";
import { findCompiler } from "../../../../infra/native/compiler.ts";
import { ask, EmulatorFixture, hour, initializeAt } from "../../../emulator/support/service.ts";
import { buildFmu } from "../../../fmus/build.ts";
import type { Context } from "../context.ts";
import { ratios, rounds } from "../stats.ts";
import { atMost, type Section } from "../table.ts";
import { whatIsMissing } from "./fmus/fmus.ts";

const [CANDIDATES, STEPS] = [64, 24];
const SOURCE = fileURLToPath(new URL("instances.c", import.meta.url));
/** The promised time of a rollout, in that of a program in C which makes an instance for each candidate. */
const RATIO = 1.3;

/** A rollout of a model without state flags, beside the same by instances of the model in one process of C. */
export async function candidates(context: Context): Promise<Section> {
  const { quick, say, defer } = context;
  const title = "Candidates of a compiled model";
  const missing = whatIsMissing();
  if (missing !== undefined) return { title, tables: [], notes: [`Skipped: ${missing}`], targets: [] };
  const fixture = await EmulatorFixture.start();
  defer(() => fixture.stop());
  const served = await fixture.serve("cs-replay");
  const of = { ...served, model: { ...served.model, keeps: "image" } } as const;
  const inC = await instancesInC();
  defer(inC.remove);
  const instance = fixture.instance({ memoryBytes: 2 ** 30, processes: 8 });
  const { state } = await ask(instance, initializeAt(of, 0));
  const all = Array.from({ length: CANDIDATES }, (_, i) => {
    const inputs = { oveTSetSou_u: 290 + 0.1 * i, oveTSetSou_activate: 1 };
    return Array.from({ length: STEPS }, (_, k) => ({ grid: hour(k), inputs }));
  });
  const count = quick ? 3 : 7;
  const [served64, bare64, calls]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round <= count; round++) {
    say(`round ${round} of ${count}`);
    const bare = inC.run();
    const startedAt = performance.now();
    let [done, asked] = [0, 0];
    for (; done < CANDIDATES; asked++) {
      const work = { kind: "candidates", state, candidates: all.slice(done), budgetMs: 5_000 } as const;
      const reply = await instance.tryCandidates({ owner: "anna", package: of, work, limitMs: 60_000 });
      if (!reply.ok || reply.samples.includes(null)) throw new Error("a candidate failed");
      done += reply.samples.length;
    }
    const took = performance.now() - startedAt;
    if (round === 0) continue; // processes are started
    served64.push(took);
    bare64.push(bare);
    calls.push(asked);
  }
  await instance.close();
  const ratio = ratios(served64, bare64);
  return {
    title,
    tables: [
      {
        title: `${CANDIDATES} candidates of ${STEPS} hours from one state, Co-Simulation without state flags, ms`,
        rounds: count,
        head: ["emulator", "instances in C", "ratio", "calls"],
        rows: [[rounds(served64), rounds(bare64), ratio, rounds(calls)]],
      },
    ],
    notes: [
      `emulator: requests to replies, samples compressed, by ${availableParallelism()} processes at once. instances in C: one process, one instance after the other, samples kept in memory.`,
    ],
    targets: [
      atMost(`${CANDIDATES} × ${STEPS} steps of a model without state flags / by instances in C`, ratio, RATIO),
    ],
  };
}

/** The program in C, compiled, and its model, unpacked. */
async function instancesInC(): Promise<{ run: () => number; remove: () => void }> {
  const { file, model } = await buildFmu("cs-replay");
  const folder = mkdtempSync(join(tmpdir(), "boptest-bench-"));
  await unpack(file, join(folder, "model"), AbortSignal.timeout(30_000));
  const program = join(folder, "instances");
  execFileSync(findCompiler(), ["-std=gnu17", "-O2", "-o", program, SOURCE, "-ldl"], { timeout: 60_000 });
  const library = join(folder, "model", libraryFolder(model), `${model.identifier}.so`);
  const resources = pathToFileURL(join(dirname(dirname(dirname(library))), "resources")).href;
  const told = [library, resources, model.guid, CANDIDATES, STEPS, ...references(model)].map(String);
  return {
    run: () => Number(execFileSync(program, told, { encoding: "utf8", timeout: 120_000 })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Of the set point and its activation; of all numbers that a sample has. */
function references({ inputs, outputs }: Model): number[] {
  const set = ["oveTSetSou_u", "oveTSetSou_activate"].map((name) => inputs.find((input) => input.name === name));
  const read = [...inputs.map((input) => input.inForce ?? input), ...outputs];
  return [...set, ...read.filter(({ type }) => type === "Real")].map((variable) => variable?.valueReference ?? -1);
}
