import { readFileSync, statSync } from "node:fs";
import type { VerifyReply } from "../../../functions/emulator/protocol.ts";
import { readArchive } from "../../../functions/packages/archive.ts";
import { claimedKeeping, readKind } from "../../../functions/packages/kind.ts";
import { PACKAGE_LIMITS } from "../../../functions/packages/limits.ts";
import type { Model, Verdict } from "../../../functions/packages/model.ts";
import { BadDescription, readModelDescription } from "../../../functions/packages/model-description.ts";
import { readPoints } from "../../../functions/packages/points.ts";
import { Reasons } from "../../../functions/packages/reasons.ts";
import { encodeSamples } from "../../../functions/simulation/samples.ts";
import { advanceFrom, ask, type EmulatorFixture, initializeAt, type Served } from "../../emulator/support/service.ts";

/** What came of one FMU. Times in ms of this machine. */
export type Tried =
  | {
      readonly ok: true;
      readonly model: Model;
      readonly bytes: number;
      readonly verdict: Verdict;
      /** Until a fresh process has initialized the model; one simulated hour, on average; the same hour in a fresh process. */
      readonly firstMs: number;
      readonly hourMs: number;
      readonly freshMs: number;
      /** Of a state after the last hour. */
      readonly stateBytes: number;
    }
  | { readonly ok: false; readonly reasons: readonly string[] };

export interface TryOptions {
  /** Where the simulation begins, s; where tests of it would, if that is undefined. */
  readonly time?: number | undefined;
  /** Simulated hours of the live run. */
  readonly hours: number;
  /** What one call of the model, and the whole verification, may take, ms. */
  readonly limitMs: number;
  readonly budgetMs: number;
}

/** Reads an FMU, has it verified as an upload would be, and times it. Files beside it are of no matter: only the model is tried. */
export async function tryFmu(file: string, fixture: EmulatorFixture, options: TryOptions): Promise<Tried> {
  const reasons = new Reasons();
  const found = await readModel(file, reasons);
  if (found === undefined) return { ok: false, reasons: reasons.list() };
  const { model, start } = found;
  const begin = { ...options, time: options.time ?? start };
  const served = fixture.serveBytes(readFileSync(file), model);
  const reply = await verdictOn(served, fixture, begin);
  if (!reply.ok) {
    const said = reply.log.at(-1);
    return {
      ok: false,
      reasons: [`${reply.failure}: ${reply.message}`, ...(said === undefined ? [] : [`Its log: ${said}`])],
    };
  }
  const verified = { ...served, model: { ...model, keeps: reply.verdict.keeps } };
  const times = await time(verified, fixture, begin).catch((error: Error) => {
    // A model that ends the simulation by itself is timed over as many shorter stretches.
    const end = /^ended: .* at (\S+) s, by itself/.exec(error.message)?.[1];
    if (end === undefined) throw error;
    return time(verified, fixture, begin, (Number(end) - begin.time) / (begin.hours + 0.5));
  });
  return { ok: true, model, bytes: statSync(file).size, verdict: reply.verdict, ...times };
}

/** Undefined, with reasons, if there is nothing that can be run. */
async function readModel(file: string, reasons: Reasons): Promise<{ model: Model; start: number } | undefined> {
  const [wanted, config] = ["modelDescription.xml", "resources/config.json"];
  const keep = (name: string) => (name === wanted || name === config ? PACKAGE_LIMITS.descriptionBytes : undefined);
  const archive = await readArchive(file, keep, PACKAGE_LIMITS, reasons, new AbortController().signal);
  const description = archive.get(wanted)?.content;
  if (description === undefined) {
    reasons.add(`${wanted} is missing.`);
    return undefined;
  }
  try {
    const read = readModelDescription(description);
    const kind = readKind(read, reasons);
    if (kind === undefined) return undefined;
    const ofPoints = new Reasons();
    const { modelInputs, modelOutputs } = readPoints(read, { isPlain: true, limits: PACKAGE_LIMITS }, ofPoints);
    // A building that was not made a test case may lack outputs: that alone is no reason here.
    if (modelOutputs.length > 0) for (const reason of ofPoints.list()) reasons.add(reason);
    if (reasons.list().length > 0) return undefined;
    const model = { ...kind, keeps: claimedKeeping(kind), inputs: modelInputs, outputs: modelOutputs };
    const start = Number(configured(archive.get(config)?.content) ?? read.defaultExperiment.startTime ?? 0);
    return { model, start: Number.isFinite(start) && start >= 0 ? start : 0 };
  } catch (error) {
    if (!(error instanceof BadDescription)) throw error;
    reasons.add(`${wanted} ${error.message}.`);
    return undefined;
  }
}

/** `start_time` of a config.json that can be read. */
function configured(config: Buffer | undefined): unknown {
  try {
    return config && JSON.parse(config.toString("utf8")).start_time;
  } catch {
    return undefined;
  }
}

/** Options whose beginning is known. */
type Begun = TryOptions & { readonly time: number };

async function verdictOn(served: Served, fixture: EmulatorFixture, options: Begun): Promise<VerifyReply> {
  const instance = fixture.instance();
  const { limitMs, budgetMs, time: start } = options;
  const work = { kind: "verify", time: start, overrides: [], budgetMs } as const;
  const reply = await instance.verify({ owner: "buildings", package: served, limitMs, work });
  await instance.close();
  return reply;
}

/** Hour by hour in one process, then the last hour once more in a fresh one. */
async function time(served: Served, fixture: EmulatorFixture, { time: start, hours, limitMs }: Begun, length = 3600) {
  const grid = (hour: number) => ({ start: start + length * hour, length, intervals: 120 });
  const [live, fresh] = [fixture.instance(), fixture.instance()];
  const begun = performance.now();
  let last = await ask(live, initializeAt(served, start, { limitMs }));
  const initialized = performance.now();
  let before = last;
  for (let hour = 0; hour < hours; hour++) {
    before = last;
    last = await ask(live, advanceFrom(served, before.state, grid(hour), { limitMs }));
  }
  const simulated = performance.now();
  const again = await ask(fresh, advanceFrom(served, before.state, grid(hours - 1), { limitMs }));
  const ended = performance.now();
  // A state may hold addresses, which differ from process to process. What counts is what the model shows.
  if (Buffer.compare(encodeSamples(again.samples), encodeSamples(last.samples)) !== 0)
    throw new Error("a fresh process came to other samples than the live one");
  await Promise.all([live.close(), fresh.close()]);
  return {
    firstMs: initialized - begun,
    hourMs: (simulated - initialized) / hours,
    freshMs: ended - simulated,
    stateBytes: Buffer.from(last.state, "base64").length,
  };
}
